import tensorflow as tf

L = tf.keras.layers


def conv(x, n, k):
    x = L.Conv2D(n, k, padding="same", use_bias=False)(x)
    return L.ReLU()(L.BatchNormalization()(x))


def gate(skip, signal, n):
    joined = L.Activation("relu")(L.Conv2D(n, 1)(skip) + L.Conv2D(n, 1)(signal))
    return skip * L.Conv2D(1, 1, activation="sigmoid")(joined)


def make_model(hp):
    image = tf.keras.Input((hp.Choice("side", [48, 64, 72]), 64, 1))
    base = hp.Int("base", 4, 16, step=4)
    kernel = hp.Choice("kernel", [3, 5])
    levels = hp.Int("levels", 1, 4)
    skips, x = [], image
    for i in range(levels):
        x = conv(x, base * 2**i, kernel)
        skips.append(x)
        x = L.MaxPool2D()(x)
    x = L.SpatialDropout2D(hp.Float("dropout", 0.0, 0.4, step=0.1))(conv(x, base * 2**levels, kernel))
    for i, skip in reversed(list(enumerate(skips))):
        x = L.UpSampling2D(interpolation=hp.Choice("interpolation", ["nearest", "bilinear"]))(x)
        if hp.Boolean("gated"):
            skip = gate(skip, x, hp.Choice("gate_width", [8, 16]))
        x = conv(L.concatenate([skip, x]), base * 2**i, kernel)
    model = tf.keras.Model(image, L.Conv2D(1, 1, activation="sigmoid")(x))
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=[tf.keras.metrics.BinaryIoU()])
    return model
