import keras
from keras import layers


def build(hp):
    # a U-Net whose levels are divided by two or three and doubled again: skips meet only at some sizes
    inputs = keras.Input((72, 72, 1))
    skips, x = [], inputs
    for level in range(3):
        x = layers.Conv2D(hp.Choice(f"down_{level}", [8, 16]), 3, padding=hp.Choice(f"padding_{level}", ["same", "valid"]))(x)
        skips.append(x)
        x = layers.MaxPooling2D(hp.Choice(f"factor_{level}", [2, 3]))(x)
    x = layers.Conv2D(hp.Choice("bottom", [16, 32]), hp.Choice("bottom_kernel", [1, 3]), padding="same")(x)
    for level in reversed(range(3)):
        x = layers.UpSampling2D(hp.Choice(f"up_{level}", [2, 3]))(x)
        x = layers.Concatenate()([x, skips[level]])
        x = layers.Conv2D(hp.Choice(f"after_{level}", [8, 16]), 3, padding="same")(x)
    outputs = layers.Conv2D(1, 1, activation="sigmoid")(x)
    model = keras.Model(inputs, outputs)
    model.compile("adam", "binary_crossentropy")
    return model
