"""range(1, n) in a method, with convolution blocks."""
import numpy as np
import keras
import keras_tuner as kt


class Blocks(kt.HyperModel):
    def build(self, hp):
        m = keras.Sequential([keras.Input((8, 8, 1))])
        n = hp.Int("conv_blocks", 1, 3)
        for b in range(1, n):
            m.add(keras.layers.Conv2D(hp.Choice(f"maps_{b}", [2, 4]), 3, padding="same", activation="relu"))
        m.add(keras.layers.Flatten())
        m.add(keras.layers.Dense(2, activation="softmax"))
        m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        print("BLOCKS", n, sum(isinstance(each, keras.layers.Conv2D) for each in m.layers))
        return m


x, y = np.random.rand(16, 8, 8, 1), np.random.randint(0, 2, 16)
tuner = kt.RandomSearch(Blocks(), "val_accuracy", max_trials=3, directory="ro", overwrite=True)
tuner.search(x, y, validation_split=0.25, epochs=1, verbose=0)
