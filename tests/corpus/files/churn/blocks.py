from tensorflow.keras import layers


def conv_stack(hp, x, depth):
    kernel = hp.Choice("kernel", [2, 3, 5])
    for _ in range(depth):
        x = layers.Conv1D(32, kernel, activation="relu")(x)
    return x


def head(x, classes, name="scores"):
    return layers.Dense(classes, activation="softmax", name=name)(layers.GlobalAveragePooling1D()(x))
