import keras
from keras import layers


def conv(x, filters, hp):
    x = layers.Conv2D(filters, 3, padding="same", kernel_initializer=hp.Choice("init", ["he_normal", "glorot_uniform"]))(x)
    x = layers.BatchNormalization(momentum=hp.Choice("momentum", [0.9, 0.99]))(x)
    return layers.Activation(hp.Choice("activation", ["relu", "elu", "silu"]))(x)


def build(hp):
    # size and depth decide
    inputs = keras.Input((hp.Choice("size", [64, 80, 96, 100]), 64, 1))
    depth = hp.Int("depth", 1, 4)
    widths = [hp.Int(f"width_{i}", 8, 64, step=8) for i in range(depth + 1)]
    skips, x = [], inputs
    for width in widths[:-1]:
        x = conv(x, width, hp)
        skips.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Dropout(hp.Float("dropout", 0.0, 0.5, step=0.1))(conv(x, widths[-1], hp))
    for width, skip in zip(widths[-2::-1], skips[::-1]):
        x = layers.Conv2DTranspose(width, 2, strides=2)(x)
        x = conv(layers.concatenate([x, skip]), width, hp)
    model = keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(x))
    model.compile(hp.Choice("optimizer", ["adam", "nadam", "sgd"]), "binary_crossentropy")
    return model
