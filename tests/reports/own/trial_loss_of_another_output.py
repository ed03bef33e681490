import numpy as np
import keras
import keras_tuner as kt
from keras import layers


def build(hp):
    text = keras.Input((30,), name="text")
    x = layers.Dense(hp.Int("shared", 16, 48, 16), activation="relu")(text)
    category = layers.Dense(4, activation="softmax", name="category")(x)
    urgency = layers.Dense(1, name="urgency")(x)
    model = keras.Model(text, {"category": category, "urgency": urgency})
    model.compile(
        "adam",
        loss={"category": "sparse_categorical_crossentropy", "priority": "mse"},
        loss_weights={"category": 1.0, "priority": hp.Float("weight", 0.1, 1.0, step=0.3)},
    )
    return model


x = np.random.rand(48, 30)
y = {"category": np.random.randint(0, 4, 48), "urgency": np.random.rand(48, 1)}
tuner = kt.RandomSearch(build, "val_loss", max_trials=3, directory="two", overwrite=True)
tuner.search(x, y, epochs=1, validation_split=0.25, verbose=0)
