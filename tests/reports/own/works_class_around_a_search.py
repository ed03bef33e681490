import numpy as np
import keras
from keras import layers
import keras_tuner

class IrisTuner:
    def __init__(self, x, y, n_classes):
        self.x = x
        self.y = y
        self.n_classes = n_classes

    def build(self, hp):
        inputs = keras.Input(shape=(self.x.shape[1],))
        h = inputs
        for i in range(hp.Int("n", 1, 3)):
            h = layers.Dense(hp.Int(f"u{i}", 4, 16, step=4), activation=hp.Choice("act", ["relu", "tanh"]))(h)
        outputs = layers.Dense(self.n_classes, activation="softmax")(h)
        m = keras.Model(inputs, outputs)
        m.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
        return m

    def run(self):
        tuner = keras_tuner.RandomSearch(self.build, objective="val_accuracy", max_trials=3, directory="o", overwrite=True)
        tuner.search(self.x, self.y, epochs=1, validation_split=0.25, verbose=0)
        return tuner

x = np.random.rand(60, 4)
y = keras.utils.to_categorical(np.random.randint(0, 3, 60), 3)
t = IrisTuner(x, y, 3).run()
print(t.get_best_hyperparameters()[0].values)
