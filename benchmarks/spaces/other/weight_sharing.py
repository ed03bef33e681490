import keras
from keras import layers, ops


def build_model(hp):
    left = keras.Input((40, 16), name="left")
    right = keras.Input((hp.Choice("right_length", [24, 32, 40]), 16), name="right")
    shared = layers.LSTM(hp.Int("lstm", 16, 64, step=16), return_sequences=True)
    conv = layers.Conv1D(hp.Int("filters", 16, 64, step=16), hp.Choice("kernel", [3, 5]), padding="same")
    a, b = conv(shared(left)), conv(shared(right))
    how = hp.Choice("how", ["dot", "subtract", "concatenate", "attention"])
    if how == "dot":
        x = layers.Dot(axes=2, normalize=hp.Boolean("normalize"))([a, b])
    elif how == "subtract":
        x = layers.Subtract()([a, b])
    elif how == "concatenate":
        x = layers.Concatenate(axis=hp.Choice("axis", [1, 2]))([a, b])
    else:
        x = layers.AdditiveAttention()([a, b])
    x = layers.GlobalAveragePooling1D()(x)
    dense = layers.Dense(hp.Int("dense", 16, 64, step=16), activation="relu")
    x = dense(x)
    for _ in range(hp.Int("again", 0, 2)):
        x = dense(x) if hp.Boolean("tied") else layers.Dense(32, activation="relu")(x)
    model = keras.Model([left, right], layers.Dense(1, activation="sigmoid")(x))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model
