from tensorflow import keras


def build_model(hp: "HyperParameters"):
    text = keras.layers.Input(shape=(hp.Choice("length", [12, 20, 40]),), dtype="int32")
    x = keras.layers.Embedding(96, hp.Int("embedding", 8, 32, step=8))(text)
    x = keras.layers.SpatialDropout1D(hp.Float("drop", 0.0, 0.4, step=0.2))(x)
    branches = []
    for width in range(2, 2 + hp.Int("branches", 1, 4)):
        y = keras.layers.Conv1D(hp.Int("maps", 16, 64, step=16), width * hp.Choice("stretch", [1, 2, 3, 4]), activation="relu")(x)
        y = keras.layers.MaxPooling1D(hp.Choice("pool", [2, 4]))(y)
        branches.append(keras.layers.Flatten()(y))
    x = branches[0] if len(branches) == 1 else keras.layers.concatenate(branches)
    if hp.Boolean("hidden"):
        x = keras.layers.Dense(32, activation="relu")(x)
    model = keras.Model(text, keras.layers.Dense(4, activation="softmax")(x))
    model.compile(loss="sparse_categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    return model
