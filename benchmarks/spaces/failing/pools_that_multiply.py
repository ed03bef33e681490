import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    m = keras.Sequential([keras.Input((28, 28, 1))])
    for i in range(4):
        m.add(layers.AveragePooling2D(hp.Choice(f"pool_{i}", [1, 2, 4])))  # fails when pool_0 * pool_1 * pool_2 >= 32 or pool_0 * pool_1 * pool_2 * pool_3 >= 32
    m.add(layers.Flatten())
    m.add(layers.Dense(10, activation="softmax"))
    m.compile("adam", "sparse_categorical_crossentropy")
    return m


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
