import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    a, b = keras.Input((8,)), keras.Input((6, 4))
    merge = hp.Choice("merge", ["add", "concat", "multiply"])
    encoder = hp.Choice("encoder", ["flatten", "average", "lstm"])
    width = hp.Choice("width", [4, 8, 24])
    y = {
        "flatten": lambda: layers.Flatten()(b),
        "average": lambda: layers.GlobalAveragePooling1D()(b),
        "lstm": lambda: layers.LSTM(8)(b),
    }[encoder]()
    x = layers.Dense(width)(a)
    x = {"add": layers.Add, "concat": layers.Concatenate, "multiply": layers.Multiply}[merge]()([x, y])  # fails when merge != 'concat' and ((encoder == 'average' and width >= 8) or (encoder == 'flatten' and width <= 8) or (encoder == 'lstm' and width != 8))
    model = keras.Model([a, b], layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
