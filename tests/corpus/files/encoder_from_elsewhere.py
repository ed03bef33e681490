import keras
import keras_tuner as kt


def fine_tuned(hp, backbone=None, classes=4):
    """A new head on `backbone`, which the caller has trained."""
    backbone.trainable = hp.Boolean("thaw")
    inputs = keras.Input((64, 64, 3))
    x = backbone(inputs, training=False)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(hp.Float("rate", 0.1, 0.5, step=0.1))(x)
    model = keras.Model(inputs, keras.layers.Dense(classes, activation="softmax")(x))
    model.compile(keras.optimizers.Adam(1e-4), "categorical_crossentropy")
    return model


class Ranker(kt.HyperModel):
    def __init__(self, vocabulary=None, width=32):
        super().__init__()
        self.words = vocabulary
        self.width = width

    def build(self, hp):
        query = keras.Input((self.width,), dtype="int32")
        size = len(self.words) if self.words is not None else 500
        x = keras.layers.Embedding(size, hp.Choice("vector", [8, 16]))(query)
        x = keras.layers.GlobalAveragePooling1D()(x)
        model = keras.Model(query, keras.layers.Dense(1)(x))
        model.compile("adam", "mse")
        return model
