import numpy as np
import keras
from keras import layers
import keras_tuner as kt

images = np.random.rand(24, 28, 28, 1).astype("float32")


def autoencoder(hp):
    depth = hp.Int("depth", 1, 3)
    filters = hp.Choice("filters", [4, 8])
    inputs = keras.Input((28, 28, 1))
    x = inputs
    for level in range(depth):
        x = layers.Conv2D(filters * 2**level, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2, padding="same")(x)
    for level in reversed(range(depth)):
        x = layers.Conv2DTranspose(filters * 2**level, 3, strides=2, padding="same", activation="relu")(x)
    decoded = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x)
    model = keras.Model(inputs, decoded)
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model


tuner = kt.GridSearch(autoencoder, objective="val_loss", max_trials=6, directory="ae", project_name="depth", overwrite=True)
tuner.search(images, images, epochs=1, batch_size=8, validation_split=0.25, verbose=0)
print(tuner.get_best_hyperparameters()[0].values)
