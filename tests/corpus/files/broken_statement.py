import keras
from keras import layers
import keras_tuner as kt

DATA = "C:\Users\me\Desktop\data.csv"
EPOCHS = 10
print "loading", DATA


def build_model(hp):
    model = keras.Sequential([keras.Input((784,))])
    for i in range(hp.Int("n", 1, 3)):
        model.add(layers.Dense(hp.Choice(f"u{i}", [32, 64, 128]), activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=3, directory="t"
tuner.search(x, y, epochs=EPOCHS)
