import keras
from keras import layers


def frame_encoder(hp):
    i = keras.Input((40, 40, 3))
    x = i
    for k in range(hp.Int("conv_blocks", 1, 4)):
        x = layers.Conv2D(hp.Choice(f"f_{k}", [8, 16, 32]), hp.Choice("kernel", [3, 5]), activation="relu")(x)
        x = layers.MaxPooling2D(hp.Choice("pool", [2, 3]))(x)
    x = layers.Flatten()(x)
    return keras.Model(i, layers.Dense(hp.Int("embed", 16, 64, step=16))(x), name="frame")


def build(hp):
    video = keras.Input((hp.Choice("frames", [4, 8, 16]), 40, 40, 3))
    x = layers.TimeDistributed(frame_encoder(hp))(video)
    if hp.Boolean("bidirectional"):
        x = layers.Bidirectional(layers.LSTM(hp.Int("lstm", 16, 64, step=16)))(x)
    else:
        x = layers.LSTM(hp.Int("lstm", 16, 64, step=16))(x)
    model = keras.Model(video, layers.Dense(5, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
