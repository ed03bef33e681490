import keras
from keras import layers


def dense_block(x, repeats, growth_rate, bottleneck):
    for _ in range(repeats):
        y = layers.BatchNormalization()(x)
        y = layers.ReLU()(y)
        y = layers.Conv2D(bottleneck * growth_rate, 1, use_bias=False)(y)
        y = layers.Conv2D(growth_rate, 3, padding="same", use_bias=False)(y)
        x = layers.Concatenate()([x, y])
    return x


def transition(x, factor, groups):
    x = layers.Conv2D(int(x.shape[-1] * factor), 1, groups=groups)(x)
    return layers.AveragePooling2D(2, strides=2)(x)


def build_model(hp):
    growth = hp.Int("growth_rate", 4, 16, step=4)
    factor = hp.Choice("compression", [0.5, 0.75, 1.0])
    groups = hp.Choice("groups", [1, 2, 4])
    x = inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(2 * growth, 7, strides=hp.Choice("stem_stride", [1, 2, 4]), padding="same")(x)
    for stage in range(hp.Int("stages", 1, 4)):
        x = dense_block(x, hp.Int("repeats", 1, 3), growth, hp.Choice("bottleneck", [1, 2, 4]))
        x = transition(x, factor, groups)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(10)(x))
    model.compile(
        optimizer=keras.optimizers.AdamW(hp.Choice("lr", [1e-2, 1e-3]), weight_decay=hp.Choice("decay", [0.0, 1e-4])),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model
