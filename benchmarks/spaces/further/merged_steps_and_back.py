import keras
from keras import layers, ops


def build(hp):
    # samples and steps are one axis for a while: rows are many, and as many as before in the end where it fits
    inputs = keras.Input((24, 6))
    piece = hp.Choice("piece", [2, 3, 4, 6, 8])
    back = hp.Choice("back", [2, 3, 4, 6, 8])
    x = ops.reshape(inputs, (-1, piece, 6))
    x = layers.Conv1D(hp.Int("filters", 4, 16, step=4), hp.Choice("kernel", [1, 2, 3]), padding="same")(x)
    x = layers.GlobalAveragePooling1D()(x)
    if hp.Boolean("again"):
        x = ops.reshape(x, (-1, 24 // back, x.shape[-1]))
        x = layers.GlobalMaxPooling1D()(x)
    model = keras.Model(inputs, layers.Dense(hp.Int("classes", 2, 4), activation="softmax")(x))
    model.compile("adam", hp.Choice("loss", ["sparse_categorical_crossentropy", "mse", "mae"]))
    return model
