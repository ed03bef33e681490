import keras
from keras import layers


def build(hp):
    # width, dim and heads decide
    dim, width, heads = hp.Choice("dim", [32, 48, 64]), hp.Choice("width", [32, 48, 64]), hp.Choice("heads", [2, 3, 4, 64])
    inputs = keras.Input((32,), dtype="int32")
    x = layers.Embedding(hp.Choice("vocabulary", [1000, 5000, 20000]), dim)(inputs)
    for i in range(3):
        attended = layers.MultiHeadAttention(heads, width // heads, dropout=hp.Choice(f"attention_dropout_{i}", [0.0, 0.1, 0.2]))(x, x)
        x = layers.LayerNormalization()(x + attended)
        inner = layers.Dense(hp.Int(f"inner_{i}", 32, 256, step=32), activation=hp.Choice(f"activation_{i}", ["relu", "gelu"]))(x)
        x = layers.LayerNormalization()(x + layers.Dense(width)(inner))
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dropout(hp.Float("dropout", 0.0, 0.5, step=0.1))(x)
    model = keras.Model(inputs, layers.Dense(4, activation="softmax")(x))
    model.compile(keras.optimizers.Adam(hp.Choice("lr", [1e-3, 1e-4])), "sparse_categorical_crossentropy")
    return model
