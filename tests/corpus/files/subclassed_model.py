import keras
from keras import layers, ops
import keras_tuner as kt


class Attention(keras.Model):
    def __init__(self, heads, width):
        super().__init__()
        self.project = layers.Dense(width)
        self.attention = layers.MultiHeadAttention(heads, width // heads)
        self.norm = layers.LayerNormalization()
        self.out = layers.Dense(1)

    def call(self, inputs):
        x = self.project(inputs)
        x = self.norm(x + self.attention(x, x))
        return self.out(ops.mean(x, axis=1))


# hypershape: x=(24, 7) y=(1,)
def build_model(hp):
    model = Attention(hp.Choice("heads", [2, 4]), hp.Choice("width", [16, 32]))
    model.compile("adam", "mse")
    return model


tuner = kt.RandomSearch(build_model, objective="val_loss", max_trials=4, overwrite=True)
