import keras_tuner as kt
from tensorflow import keras
from tensorflow.python.keras.optimizer_v2.gradient_descent import SGD as Descent

widths = [8, 16, 32]


def net(hp):
    model = keras.Sequential([keras.Input((5,))])
    for i in range(hp.Int("layers", 1, 4)):
        model.add(keras.layers.Dense(hp.Choice(f"width_{i}", widths), activation="relu"))
    model.add(keras.layers.Dense(1))
    own = Descent(learning_rate=hp.Float("rate", 1e-3, 1e-1, sampling="log"), momentum=0.9)
    model.compile(loss="mse", optimizer=own if hp.Boolean("descent") else "adam")
    return model


tuner = kt.RandomSearch(net, "val_loss", max_trials=8, overwrite=True)
