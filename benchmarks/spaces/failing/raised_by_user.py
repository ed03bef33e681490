import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    lower = hp.Int("lower", 1, 8)
    upper = hp.Int("upper", 1, 8)
    if lower > upper:
        raise ValueError(f"lower {lower} is above upper {upper}")  # fails when lower > upper
    model = keras.Sequential([keras.Input((upper,)), layers.Dense(lower), layers.Dense(1)])
    model.compile(hp.Choice("optimizer", ["adam", "sgd", "adamm"]), "mse")  # fails when optimizer == 'adamm'
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
