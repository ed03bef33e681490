import keras
from keras.layers import AveragePooling1D, Conv1D, Dense, Flatten, Input, MaxPooling1D, ZeroPadding1D


def build(hp):
    # named by what they are: padding before, convolution, and one of two poolings
    model = keras.Sequential()
    model.add(Input((64, 1)))
    for name in ("first", "second", "third", "fourth"):
        model.add(ZeroPadding1D(hp.Int(name + "_pad", 0, 2)))
        model.add(Conv1D(hp.Choice(name + "_filters", [4, 8]), hp.Choice(name + "_kernel", [2, 4, 8])))
        pooling = MaxPooling1D if hp.Choice(name + "_pooling", ["max", "average"]) == "max" else AveragePooling1D
        model.add(pooling(hp.Choice(name + "_pool", [1, 2, 4]), padding=hp.Choice(name + "_edges", ["valid", "same"])))
    model.add(Flatten())
    model.add(Dense(hp.Int("hidden", 16, 128, step=16), activation="tanh"))
    model.add(Dense(1, activation="sigmoid"))
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model
