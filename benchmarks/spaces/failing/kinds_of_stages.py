import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    encoder = hp.Choice("encoder", ["gru", "conv", "flat"])
    x = inputs = keras.Input((12, 5))
    if encoder == "gru":
        x = layers.GRU(8, return_sequences=hp.Boolean("steps"))(x)
    elif encoder == "conv":
        x = layers.Conv1D(8, 3, padding="same")(x)
    else:
        x = layers.Flatten()(x)
    head = hp.Choice("head", ["pool", "attention", "dense"])
    if head == "pool":
        x = layers.GlobalMaxPooling1D()(x)  # fails when head == 'pool' and encoder != 'conv' and (encoder == 'flat' or not steps)
    elif head == "attention":
        x = layers.GlobalAveragePooling1D()(layers.Attention()([x, x]))  # fails when head == 'attention' and encoder != 'conv' and (encoder == 'flat' or not steps)
    m = keras.Model(inputs, layers.Dense(1)(x))
    m.compile("adam", "mse")
    return m


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
