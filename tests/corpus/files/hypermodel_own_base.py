import keras
from keras import layers
import keras_tuner as kt


class BaseModel(kt.HyperModel):
    def __init__(self, features, classes, **kwargs):
        super().__init__(**kwargs)
        self.features = features
        self.classes = classes

    def finish(self, hp, inputs, x):
        outputs = layers.Dense(self.classes, activation="softmax")(x)
        model = keras.Model(inputs, outputs)
        rate = hp.Float("lr", 1e-4, 1e-2, sampling="log")
        model.compile(keras.optimizers.Adam(rate), "categorical_crossentropy", metrics=["accuracy"])
        return model


class DeepModel(BaseModel):
    def build(self, hp):
        inputs = keras.Input((self.features,))
        x = inputs
        for i in range(hp.Int("depth", 1, 4)):
            x = layers.Dense(hp.Int(f"units_{i}", 16, 64, step=16), activation="relu")(x)
        return self.finish(hp, inputs, x)


class WideModel(BaseModel):
    def build(self, hp):
        inputs = keras.Input((self.features,))
        width = hp.Int("width", 16, 64, step=16)
        left = layers.Dense(width)(inputs)
        right = layers.Dense(32)(inputs)
        return self.finish(hp, inputs, layers.Add()([left, right]))


deep = kt.RandomSearch(DeepModel(30, 4), objective="val_accuracy", max_trials=5, project_name="deep")
wide = kt.RandomSearch(WideModel(30, 4), objective="val_accuracy", max_trials=5, project_name="wide")
