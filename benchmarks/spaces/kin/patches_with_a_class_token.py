import keras
from keras import layers, ops


class Patches(layers.Layer):
    def __init__(self, size, width, **kwargs):
        super().__init__(**kwargs)
        self.size, self.width = size, width
        self.project = layers.Dense(width)

    def build(self, shape):
        self.count = (shape[1] // self.size) * (shape[2] // self.size)
        self.token = self.add_weight(shape=(1, 1, self.width), name="token")
        self.position = self.add_weight(shape=(1, self.count + 1, self.width), name="position")

    def call(self, images):
        patches = ops.image.extract_patches(images, self.size)
        x = self.project(ops.reshape(patches, (-1, self.count, patches.shape[-1])))
        token = ops.broadcast_to(self.token, (ops.shape(x)[0], 1, self.width))
        return ops.concatenate([token, x], axis=1) + self.position


def build_model(hp):
    images = keras.Input((32, hp.Choice("width", [32, 40, 48]), 3))
    dim = hp.Choice("dim", [16, 24, 32])
    x = Patches(hp.Choice("patch", [4, 6, 8, 16]), dim)(images)
    for _ in range(hp.Int("layers", 1, 3)):
        y = layers.LayerNormalization()(x)
        x = x + layers.MultiHeadAttention(hp.Choice("heads", [2, 4]), dim // 2)(y, y)
        y = layers.LayerNormalization()(x)
        x = x + layers.Dense(hp.Choice("out", [16, 24, 32]))(layers.Dense(dim * 2, activation="gelu")(y))
    x = layers.Dense(hp.Int("head", 16, 64, step=16))(x[:, 0])
    model = keras.Model(images, layers.Dense(10)(x))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model
