import keras
from keras import layers

POOLING = {"max": layers.MaxPooling1D, "avg": layers.AveragePooling1D}
DEFAULTS = dict(padding="valid", kernel_initializer="he_uniform")


def make_model(hp):
    config = {
        "filters": hp.Int("filters", 8, 48, 8),
        "kernel_size": hp.Choice("kernel_size", [3, 7, 11, 15]),
        "dilation_rate": hp.Choice("dilation_rate", [1, 2, 4]),
        "strides": hp.Choice("strides", [1, 2]),
    }
    pooling = POOLING[hp.Choice("pooling", sorted(POOLING))]
    model = keras.Sequential([layers.Input(shape=(128, 3))])
    model.add(layers.Conv1D(**{**DEFAULTS, **config}))
    model.add(pooling(pool_size=hp.Int("pool_size", 1, 4)))
    model.add(layers.Conv1D(**{**DEFAULTS, **config, "strides": 1, "filters": config["filters"] * 2}))
    model.add(layers.GlobalMaxPooling1D())
    model.add(layers.Dense(1, **dict(activation="sigmoid")))
    optimizer = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}[hp.Choice("optimizer", ["adam", "rmsprop"])]
    model.compile(optimizer=optimizer(learning_rate=hp.Float("lr", 1e-4, 1e-2, sampling="log")), loss="binary_crossentropy", metrics=["AUC"])
    return model
