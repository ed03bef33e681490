import keras
from keras import layers
import keras_tuner as kt

N_FEATURES, OUT_STEPS = 7, 24


def multi_step(hp):
    width = hp.Int("width", 12, 48, step=6)
    model = keras.Sequential([keras.Input((width, N_FEATURES))])
    kind = hp.Choice("kind", ["dense", "conv", "lstm"])
    if kind == "conv":
        conv_width = hp.Int("conv_width", 3, 30, step=9)
        model.add(layers.Lambda(lambda x: x[:, -conv_width:, :]))
        model.add(layers.Conv1D(hp.Int("conv_units", 32, 128, step=32), activation="relu", kernel_size=conv_width))
    elif kind == "lstm":
        model.add(layers.LSTM(hp.Int("lstm_units", 16, 64, step=16), return_sequences=False))
    else:
        model.add(layers.Lambda(lambda x: x[:, -1:, :]))
        model.add(layers.Dense(hp.Int("dense_units", 64, 512, step=64), activation="relu"))
    model.add(layers.Dropout(hp.Float("dropout", 0.0, 0.4, step=0.1)))
    model.add(layers.Dense(OUT_STEPS * N_FEATURES, kernel_initializer=keras.initializers.Zeros()))
    model.add(layers.Reshape([OUT_STEPS, N_FEATURES]))
    model.compile(loss="mse", optimizer=keras.optimizers.Adam(hp.Choice("lr", [1e-3, 1e-4])), metrics=["mae"])
    return model


tuner = kt.BayesianOptimization(multi_step, objective="val_loss", max_trials=20)
