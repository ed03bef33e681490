import keras
from keras import layers


class Block(layers.Layer):
    def __init__(self, filters, kernel, project, **kw):
        super().__init__(**kw)
        self.c1 = layers.Conv2D(filters, kernel, padding="same", activation="relu")
        self.c2 = layers.Conv2D(filters, kernel, padding="same")
        self.bn = layers.BatchNormalization()
        self.proj = layers.Conv2D(filters, 1) if project else None

    def call(self, x, training=None):
        y = self.bn(self.c2(self.c1(x)), training=training)
        if self.proj is not None:
            x = self.proj(x)
        return keras.activations.relu(x + y)


class ResNet(keras.Model):
    def __init__(self, hp):
        super().__init__()
        project = hp.Boolean("project")
        self.stem = layers.Conv2D(hp.Choice("stem", [8, 16]), 3, strides=hp.Choice("stride", [1, 2]))
        self.blocks = []
        for i in range(hp.Int("blocks", 1, 4)):
            self.blocks.append(Block(hp.Choice(f"filters_{i}", [8, 16]), hp.Choice("kernel", [1, 3]), project))
        self.pool = layers.AveragePooling2D(hp.Choice("pool", [4, 8, 16]))
        self.flat = layers.Flatten()
        self.drop = layers.Dropout(hp.Float("drop", 0, 0.5, step=0.25))
        self.out = layers.Dense(10)

    def call(self, x, training=None):
        x = self.stem(x)
        for b in self.blocks:
            x = b(x, training=training)
        return self.out(self.drop(self.flat(self.pool(x)), training=training))


def build(hp):
    m = ResNet(hp)
    m.build((None, 16, 16, 3))
    m.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return m
