import keras, numpy as np, keras_tuner
from keras import layers

class TransformerBlock(layers.Layer):
    def __init__(self, embed_dim, num_heads, ff_dim, rate=0.1):
        super().__init__()
        self.att = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.ffn = keras.Sequential([layers.Dense(ff_dim, activation="relu"), layers.Dense(embed_dim)])
        self.n1 = layers.LayerNormalization(); self.n2 = layers.LayerNormalization()
        self.drop = layers.Dropout(rate)

    def call(self, inputs, training=False):
        attended = self.att(inputs)
        x = self.n1(inputs + self.drop(attended, training=training))
        return self.n2(x + self.ffn(x))

def build_model(hp):
    inp = layers.Input((20, 16))
    x = inp
    for _ in range(hp.Int("blocks", 1, 3)):
        x = TransformerBlock(16, hp.Choice("heads", [1, 2, 4]), hp.Int("ff", 16, 64, step=16))(x)
    x = layers.GlobalAveragePooling1D()(x)
    model = keras.Model(inp, layers.Dense(3, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

tuner = keras_tuner.RandomSearch(build_model, objective="val_accuracy", max_trials=3, overwrite=True, directory="t10")
X = np.random.rand(40, 20, 16); y = np.random.randint(0, 3, 40)
tuner.search(X, y, epochs=1, validation_split=0.2, verbose=0)
