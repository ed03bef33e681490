import keras
from keras import layers

ARCHITECTURES = ["C-P-C-P", "C-C-P-C-P", "C-P-C-P-C-P", "S-P-S-P", "D-P-C-S-P-C-P"]


def build_model(hp):
    x = inputs = keras.Input((24, 24, 2))
    filters = hp.Int("filters", 8, 32, step=8)
    count = 0
    for letter in hp.Choice("architecture", ARCHITECTURES).split("-"):
        if letter == "C":
            x = layers.Conv2D(filters * 2 ** count, hp.Choice("kernel", [2, 3, 5]), activation="relu")(x)
            count += 1
        elif letter == "S":
            x = layers.SeparableConv2D(filters, 3, depth_multiplier=hp.Choice("multiplier", [1, 2]))(x)
        elif letter == "D":
            x = layers.DepthwiseConv2D(3, padding="same")(x)
        else:
            x = getattr(layers, hp.Choice("pooling", ["MaxPooling2D", "AveragePooling2D"]))(hp.Choice("pool", [2, 3]))(x)
    x = getattr(layers, hp.Choice("reduce", ["Flatten", "GlobalAveragePooling2D", "GlobalMaxPooling2D"]))()(x)
    for units in [hp.Int(f"units_{i}", 16, 96, step=16) for i in range(hp.Int("hidden", 0, 2))]:
        x = layers.Dense(units)(x)
        x = getattr(layers, hp.Choice("nonlinearity", ["ReLU", "ELU", "PReLU"]))()(x)
        if units > 64:
            x = layers.Dropout(0.5)(x)
    model = keras.Model(inputs, layers.Dense(6, activation="softmax")(x))
    model.compile("nadam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
