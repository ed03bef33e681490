import numpy as np
import keras
import keras_tuner as kt

x = np.random.rand(64, 10)
y = np.random.randint(0, 2, 64)


class Classifier(kt.HyperModel):
    def __init__(self, features):
        super().__init__()
        self.features = features

    def build(self, hp):
        model = keras.Sequential()
        model.add(keras.Input((self.features,)))
        model.add(keras.layers.Dense(hp.Int("width", 8, 24, 8), activation="gelu"))
        if hp.Boolean("batch_norm"):
            model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Dense(1, activation="sigmoid"))
        model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.F1Score(threshold=0.5, name="f1")])
        return model


tuner = kt.BayesianOptimization(Classifier(10), kt.Objective("val_f1", "max"), max_trials=4, directory="f1", overwrite=True)
tuner.search(x, y, validation_split=0.25, epochs=2, verbose=0)
print(tuner.get_best_hyperparameters()[0].values)
