import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    inputs = keras.Input((16,))
    family = hp.Choice("family", ["dense", "conv", "lstm"])
    x = inputs
    if family == "conv":
        with hp.conditional_scope("family", ["conv"]):
            x = layers.Reshape((16, 1))(x)
            for i in range(hp.Int("conv_layers", 1, 4)):
                x = layers.Conv1D(4, hp.Choice("kernel", [3, 5, 7]))(x)  # fails when (kernel == 5 and conv_layers >= 4) or (kernel == 7 and conv_layers >= 3)
            x = layers.Flatten()(x)
    elif family == "lstm":
        with hp.conditional_scope("family", ["lstm"]):
            x = layers.Reshape((4, 4))(x)
            for i in range(hp.Int("lstm_layers", 1, 3)):
                x = layers.LSTM(8, return_sequences=hp.Boolean("keep"))(x)  # fails when not keep and lstm_layers >= 2
            if hp.Boolean("keep"):
                x = layers.Flatten()(x)
    else:
        with hp.conditional_scope("family", ["dense"]):
            x = layers.Dense(hp.Int("units", 8, 32, step=8))(x)
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
