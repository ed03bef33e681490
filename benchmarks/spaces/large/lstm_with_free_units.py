import keras
from keras import layers


def build(hp):
    # depth, sequences and average decide
    model = keras.Sequential([keras.Input((30, 4))])
    depth = hp.Int("depth", 1, 4)
    for i in range(depth):
        model.add(layers.LSTM(hp.Int(f"units_{i}", 16, 256, step=16), return_sequences=i < depth - 1 or hp.Boolean("sequences"), dropout=hp.Float(f"dropout_{i}", 0.0, 0.4, step=0.1)))
    if hp.Boolean("average"):
        model.add(layers.GlobalAveragePooling1D())
    model.add(layers.Dense(hp.Int("dense", 8, 64, step=8), activation=hp.Choice("activation", ["relu", "tanh"])))
    model.add(layers.Dense(1))
    model.compile(keras.optimizers.Adam(hp.Choice("lr", [1e-2, 1e-3, 1e-4])), "mse")
    return model
