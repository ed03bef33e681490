import numpy as np
import tensorflow as tf


def build(hp):
    frames = hp.Choice("frames", [4, 6, 8])
    size = 24
    m = tf.keras.models.Sequential()
    m.add(tf.keras.layers.InputLayer(shape=(frames, size, size, 1)))
    n = hp.Int("convlstm_layers", 1, 3)
    for i in range(n):
        m.add(
            tf.keras.layers.ConvLSTM2D(
                filters=hp.Int("filters_%d" % i, 4, 16, step=4),
                kernel_size=(hp.Choice("k", [3, 5]),) * 2,
                padding=hp.Choice("padding", ["same", "valid"]),
                return_sequences=hp.Boolean("keep_time") or i + 1 < n,
                strides=hp.Choice("strides", [1, 2]),
            )
        )
        m.add(tf.keras.layers.BatchNormalization())
    if hp.Boolean("keep_time"):
        m.add(tf.keras.layers.TimeDistributed(tf.keras.layers.MaxPooling2D((int(np.sqrt(hp.Choice("area", [4, 9, 16]))),) * 2)))
        m.add(tf.keras.layers.Conv3D(1, (3, 3, 3), padding="same", activation="sigmoid"))
    else:
        m.add(tf.keras.layers.Conv2D(1, 3, padding="same", activation="sigmoid"))
    m.compile(loss="binary_crossentropy", optimizer=tf.keras.optimizers.Adam(hp.Float("lr", 1e-4, 1e-2, sampling="log")))
    return m
