import keras
from keras import layers


def tower(hp, name):
    return keras.Sequential(
        [
            layers.Dense(hp.Int("width", 8, 40, step=8), activation="relu"),
            layers.Bidirectional(layers.LSTM(hp.Int("units", 8, 40, step=8)), merge_mode=hp.Choice("merge", ["concat", "sum"])),
        ],
        name=name,
    )


def build(hp):
    left = keras.Input((hp.Choice("left", [10, 20]), 6))
    right = keras.Input((hp.Choice("right", [10, 30]), hp.Choice("features", [6, 9])))
    if hp.Boolean("shared"):
        encode = tower(hp, "both")
        a, b = encode(left), encode(right)
    else:
        a, b = tower(hp, "one")(left), tower(hp, "other")(right)
    x = layers.Concatenate()([a, b, a * b, keras.ops.abs(a - b)])
    x = layers.Dropout(hp.Choice("dropout", [0.1, 0.3]))(x)
    model = keras.Model([left, right], layers.Dense(1, activation="sigmoid")(x))
    model.compile("adam", "binary_crossentropy")
    return model
