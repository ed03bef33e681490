import numpy as np
import keras
from keras import ops
import keras_tuner as kt

x = np.random.rand(200, 6)
y = np.random.rand(200)


def rmse(y_true, y_pred):
    return ops.sqrt(ops.mean(ops.square(y_true - y_pred)))


def build(hp):
    model = keras.Sequential([keras.layers.Input((6,)), keras.layers.Dense(hp.Int("units", 8, 32, step=8)), keras.layers.Dense(1)])
    model.compile("adam", loss=rmse)
    return model


tuner = kt.RandomSearch(build, objective="val_loss", max_trials=2, overwrite=True, directory="out")
tuner.search(x, y, epochs=1, verbose=0, validation_split=0.2)
best = tuner.get_best_models(1)[0]
best.save("best.keras")
model = keras.models.load_model("best.keras")
print(model.predict(x[:3]))
