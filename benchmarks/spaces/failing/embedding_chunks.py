import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    tokens = keras.Input((60,), dtype="int32")
    size = hp.Int("size", 10, 60, step=5)
    chunk = hp.Int("chunk", 4, 30, step=2)
    x = layers.Embedding(100, 8)(tokens)
    x = layers.Reshape((60 // chunk, chunk, 8))(x)  # fails when 60 % chunk != 0
    x = layers.TimeDistributed(layers.GlobalAveragePooling1D())(x)
    x = layers.Dense(size)(x)
    model = keras.Model(tokens, layers.Dense(1)(layers.Flatten()(x)))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
