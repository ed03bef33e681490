import keras
from keras import layers


def build(hp):
    # kernel, convolve and the number of layers decide
    base = keras.applications.MobileNetV2(input_shape=(96, 96, 3), include_top=False, weights=None, alpha=hp.Choice("alpha", [0.35, 0.5]))
    base.trainable = hp.Boolean("fine_tune")
    inputs = keras.Input((96, 96, 3))
    x = base(inputs)
    if hp.Boolean("convolve"):
        x = layers.Conv2D(hp.Int("filters", 32, 256, step=32), hp.Choice("kernel", [1, 2, 3, 4]))(x)
    x = layers.GlobalAveragePooling2D()(x)
    for i in range(hp.Int("dense", 1, 3)):
        x = layers.Dense(hp.Int(f"units_{i}", 32, 512, step=32), activation=hp.Choice(f"activation_{i}", ["relu", "elu", "tanh"]))(x)
        x = layers.Dropout(hp.Float(f"dropout_{i}", 0.1, 0.5, step=0.1))(x)
    model = keras.Model(inputs, layers.Dense(5, activation="softmax")(x))
    model.compile(keras.optimizers.Adam(hp.Choice("lr", [1e-3, 1e-4, 1e-5])), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
