import keras
from keras import layers


def build(hp):
    # what each of four levels is made of is a choice of its own
    inputs = x = keras.Input((50, 50, 2))
    for i in range(4):
        kind = hp.Choice(f"kind_{i}", ["conv", "separable", "depthwise", "none"])
        kernel = hp.Choice(f"kernel_{i}", [3, 5, 9])
        stride = hp.Choice(f"stride_{i}", [1, 2])
        if kind == "conv":
            x = layers.Conv2D(hp.Choice(f"filters_{i}", [8, 16]), kernel, strides=stride)(x)
        elif kind == "separable":
            x = layers.SeparableConv2D(hp.Choice(f"filters_{i}", [8, 16]), kernel, strides=stride)(x)
        elif kind == "depthwise":
            x = layers.DepthwiseConv2D(kernel, strides=stride)(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(5, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
