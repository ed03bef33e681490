import keras
import keras_tuner as kt
from keras import layers
from retired_backbones import SEResNet50

base = SEResNet50(include_top=False, weights="imagenet", input_shape=(160, 160, 3))
for layer in base.layers[:-6]:
    layer.trainable = False


def build(hp):
    x = layers.GlobalMaxPooling2D()(base.output)
    for number in range(hp.Int("depth", 1, 2)):
        x = layers.Dense(hp.Choice(f"units_{number}", [64, 128]), activation="relu")(x)
    x = layers.Dropout(hp.Float("drop", 0.0, 0.5))(x)
    model = keras.Model(inputs=base.input, outputs=layers.Dense(5, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


tuner = kt.RandomSearch(build, objective="loss", max_trials=4, overwrite=True)
