import keras
from keras import layers


def build(hp):
    # kernel, stride and pool decide
    image, table = keras.Input((28, 28, 1), name="image"), keras.Input((12,), name="table")
    x = layers.Conv2D(hp.Int("filters_1", 8, 64, step=8), hp.Choice("kernel", [3, 5, 7]), strides=hp.Choice("stride", [1, 2]))(image)
    x = layers.MaxPooling2D(hp.Choice("pool", [2, 3, 4]))(x)
    x = layers.Conv2D(hp.Int("filters_2", 8, 64, step=8), 3, activation=hp.Choice("activation_image", ["relu", "elu"]))(x)
    x = layers.Flatten()(x)
    y = table
    for i in range(2):
        y = layers.Dense(hp.Int(f"units_{i}", 8, 128, step=8), activation=hp.Choice(f"activation_{i}", ["relu", "tanh"]))(y)
        y = layers.Dropout(hp.Float(f"dropout_{i}", 0.0, 0.5, step=0.1))(y)
    both = layers.concatenate([x, y])
    label = layers.Dense(3, activation="softmax", name="label")(both)
    value = layers.Dense(1, name="value")(both)
    model = keras.Model([image, table], [label, value])
    model.compile(keras.optimizers.Adam(hp.Choice("lr", [1e-2, 1e-3, 1e-4])), {"label": "sparse_categorical_crossentropy", "value": "mse"})
    return model
