import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    inputs = keras.Input((10, 6))
    x = layers.LSTM(8, return_sequences=hp.Boolean("sequences"))(inputs)
    if hp.Boolean("stack"):
        x = layers.LSTM(8, return_sequences=hp.Boolean("sequences_too"))(x)  # fails when not sequences and stack
    if hp.Boolean("attend"):
        x = layers.MultiHeadAttention(2, 4)(x, x)  # fails when attend and not pool and (not sequences or (not sequences_too and stack))
    if hp.Boolean("pool"):
        x = layers.GlobalMaxPooling1D()(x)  # fails when pool and (not sequences or (not sequences_too and stack))
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
