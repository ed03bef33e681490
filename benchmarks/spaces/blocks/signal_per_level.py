import keras
from keras import layers


def build(hp):
    # seven levels over a signal: kernel, stride, padding and dilation of each
    model = keras.Sequential([keras.Input((400, 2))])
    for i in range(7):
        model.add(
            layers.Conv1D(
                hp.Int(f"filters_{i}", 8, 32, step=8),
                hp.Int(f"kernel_{i}", 3, 9, step=2),
                strides=hp.Int(f"stride_{i}", 1, 3),
                padding=hp.Choice(f"padding_{i}", ["valid", "same"]),
            )
        )
        if hp.Boolean(f"norm_{i}"):
            model.add(layers.BatchNormalization())
        model.add(layers.ReLU())
    model.add(layers.GlobalAveragePooling1D())
    model.add(layers.Dense(1))
    model.compile("adam", "mse")
    return model
