import keras
from keras.layers import Add, Conv1D, Conv1DTranspose, Dense, GlobalAveragePooling1D, Input


def block(x, filters, ratio, groups, i):
    y = Conv1D(filters // ratio, 1, activation="relu", name=f"reduce_{i}")(x)
    y = Conv1D(filters, 3, padding="same", groups=groups, name=f"grouped_{i}")(y)
    return Add()([x, y])


def build(hp):
    inputs = Input((64, 4))
    filters = hp.Int("filters", 8, 64, step=8)
    x = Conv1D(filters, 5, padding="same")(inputs)
    for i in range(hp.Int("blocks", 1, 4)):
        x = block(x, filters, hp.Choice("ratio", [2, 4, 16]), hp.Choice("groups", [1, 2, 3]), i)
    if hp.Boolean("upsample"):
        x = Conv1DTranspose(filters // hp.Choice("last_ratio", [8, 32]), 2, strides=2)(x)
    outputs = Dense(hp.Int("classes", 2, 6))(GlobalAveragePooling1D()(x))
    model = keras.Model(inputs, outputs)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model
