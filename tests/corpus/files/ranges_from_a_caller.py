import keras
import keras_tuner as kt


class Regressor(kt.HyperModel):
    """Whoever makes one says the ranges."""

    def __init__(self, features, widths, width_step, rates, rate_scale, optimizers, losses):
        self.features = features
        self.widths = widths
        self.width_step = width_step
        self.rates = rates
        self.rate_scale = rate_scale
        self.optimizers = optimizers
        self.losses = losses

    def build(self, hp):
        rate = hp.Float("rate", self.rates[0], self.rates[1], sampling=self.rate_scale)
        drop = hp.Float("drop", 0.0, self.rates[2])
        chosen = hp.Choice("optimizer", self.optimizers)
        model = keras.Sequential([keras.Input((len(self.features),))])
        for number in range(hp.Int("depth", 1, 3)):
            model.add(keras.layers.Dense(hp.Int("width", 16, 64, step=self.width_step), "relu"))
            if hp.Boolean("norm"):
                model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Dropout(drop))
        model.add(keras.layers.Dense(1))
        model.compile(self.make(chosen, rate), loss=hp.Choice("loss", self.losses))
        return model

    def make(self, name, rate):
        if name == "nadam":
            return keras.optimizers.Nadam(rate)
        if name == "lion":
            return keras.optimizers.Lion(rate)
        raise ValueError(name)
