import h5py
import keras
import keras_tuner as kt
from keras import layers

with h5py.File("scans.h5") as archive:
    scans, lesion = archive["scans"][:], archive["lesion"][:]


def build_model(hp):
    scan = keras.Input(scans.shape[1:])
    x = scan
    for i in range(hp.Int("stages", 1, 3)):
        x = layers.Conv3D(hp.Choice("filters", [4, 8]) * 2**i, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.GlobalAveragePooling3D()(x)
    model = keras.Model(scan, layers.Dense(1, activation="sigmoid")(x))
    model.compile("adam", "binary_crossentropy")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=5, overwrite=True)
tuner.search(scans, lesion, validation_split=0.2, epochs=2)
