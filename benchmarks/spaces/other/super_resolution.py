import keras
from keras import layers
import tensorflow as tf


def residual_dense_block(x, filters, count):
    features = [x]
    for _ in range(count):
        y = layers.Concatenate()(features) if len(features) > 1 else features[0]
        features.append(layers.Conv2D(filters, 3, padding="same", activation="relu")(y))
    y = layers.Concatenate()(features)
    y = layers.Conv2D(filters, 1)(y)
    return layers.Add()([y, x]) if x.shape[-1] == filters else y


def build(hp):
    upscale = hp.Choice("upscale", [2, 3, 4])
    channels = hp.Choice("channels", [1, 3])
    inputs = keras.Input(shape=(24, 24, channels))
    x = layers.Conv2D(hp.Int("first", 16, 48, step=16), 5, padding="same")(inputs)
    filters = hp.Int("filters", 16, 48, step=16)
    for _ in range(hp.Int("rdbs", 0, 3)):
        x = residual_dense_block(x, filters, hp.Int("per_block", 1, 3))
    x = layers.Conv2D(channels * hp.Choice("shuffle", [4, 16, 36, 144]), 3, padding="same")(x)
    outputs = layers.Lambda(lambda t: tf.nn.depth_to_space(t, upscale))(x)
    model = keras.Model(inputs, outputs)
    model.compile("adam", "mae")
    return model
