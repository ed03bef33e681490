import keras
from keras import layers


def build(hp):
    frames = keras.Input((hp.Int("frames", 3, 6), 16, 16, 1))
    x = frames
    for i in range(hp.Int("depth", 1, 2)):
        x = layers.ConvLSTM2D(hp.Int(f"filters_{i}", 4, 12, step=4), hp.Choice(f"kernel_{i}", [3, 5, 7]), padding=hp.Choice("padding", ["valid", "same"]), return_sequences=True)(x)
        x = layers.LayerNormalization()(x)
    if hp.Boolean("pool"):
        x = layers.MaxPooling3D((1, 2, 2))(x)
    x = layers.Conv3D(1, (hp.Choice("span", [1, 3, 5]), 3, 3), activation="sigmoid")(x)
    model = keras.Model(frames, x)
    model.compile("adam", "mse", metrics=["mae"])
    return model
