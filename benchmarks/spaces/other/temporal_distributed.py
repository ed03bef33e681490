import keras
from keras import layers


def frame_encoder(hp, shape):
    cnn = keras.Sequential(name="frame_encoder")
    cnn.add(layers.Input(shape))
    for i in range(hp.Int("cnn_depth", 1, 3)):
        cnn.add(layers.Conv2D(hp.Int(f"cnn_{i}", 8, 24, step=8), hp.Choice("cnn_kernel", [3, 5]), activation="relu"))
        cnn.add(layers.MaxPooling2D(hp.Choice("cnn_pool", [2, 3])))
    cnn.add(layers.Flatten())
    return cnn


def build(hp):
    video = keras.Input((hp.Choice("clip", [4, 8]), 32, 32, 1))
    x = layers.TimeDistributed(frame_encoder(hp, (32, 32, 1)))(video)
    x = layers.TimeDistributed(layers.Dense(hp.Int("feature", 16, 64, step=16)))(x)
    aggregate = hp.Choice("aggregate", ["gru", "mean", "attention"])
    if aggregate == "gru":
        x = layers.GRU(hp.Int("gru", 16, 32, step=8))(x)
    elif aggregate == "attention":
        x = layers.MultiHeadAttention(hp.Choice("heads", [1, 2]), 8)(x, x)
        x = layers.Flatten()(x)
    else:
        x = layers.GlobalAveragePooling1D()(x)
    model = keras.Model(video, layers.Dense(5, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
