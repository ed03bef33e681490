import keras
from keras import layers, ops
import keras_tuner as kt


def build_model(hp):
    inputs = keras.Input((40, 40, 3))
    x = layers.Rescaling(1 / 255)(inputs)
    kernel = hp.Choice("kernel", [3, 5, 7])
    for i in range(hp.Int("stages", 2, 5)):
        x = layers.SeparableConv2D(8, kernel, strides=2 if i % 2 == 0 else 1, activation=hp.Choice("activation", ["relu", "gelu"]))(x)  # fails when (kernel == 5 and stages >= 5) or (kernel == 7 and stages >= 4)
        x = layers.BatchNormalization()(x)
    x = layers.AveragePooling2D(hp.Choice("pool", [1, 2, 4]))(x)  # fails when (pool == 4 and stages >= 5) or (kernel == 7 and pool == 4 and stages == 3) or (kernel == 5 and stages == 4 and pool >= 2)
    x = layers.Flatten()(x)
    model = keras.Model(inputs, layers.Dense(3, activation="softmax")(x))
    model.compile("adam", "categorical_crossentropy")
    return model


tuner = kt.RandomSearch(build_model, "val_loss", max_trials=20)
