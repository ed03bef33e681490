from tensorflow import keras as k


def wavenet_layer(x, channels, size, rate):
    tanh = k.layers.Conv1D(channels, size, dilation_rate=rate, padding="causal", activation="tanh")(x)
    sigm = k.layers.Conv1D(channels, size, dilation_rate=rate, padding="causal", activation="sigmoid")(x)
    z = k.layers.multiply([tanh, sigm])
    skip = k.layers.Conv1D(channels, 1)(z)
    res = k.layers.add([skip, x])
    return res, skip


def build(hp):
    residual_channels = hp.Choice("residual_channels", [8, 16, 32])
    channels = hp.Choice("channels", [8, 16, 32])
    inputs = k.Input(shape=(hp.Choice("window", [32, 64, 128]), 1))
    x = k.layers.Conv1D(residual_channels, 2, padding="causal")(inputs)
    skips = []
    for stack in range(hp.Int("stacks", 1, 2)):
        for i in range(hp.Int("layers_per_stack", 1, 5)):
            x, skip = wavenet_layer(x, channels, hp.Choice("filter_size", [2, 3]), 2**i)
            skips.append(skip)
    x = k.layers.add(skips) if len(skips) > 1 else skips[0]
    x = k.layers.Activation("relu")(x)
    x = k.layers.Dropout(hp.Float("dropout", 0.0, 0.3, step=0.1))(x)
    x = k.layers.Cropping1D((hp.Int("horizon", 0, 40, step=8), 0))(x)
    x = k.layers.Conv1D(1, 1)(x)
    model = k.Model(inputs, x)
    model.compile(optimizer=k.optimizers.Adam(hp.Choice("learning_rate", [1e-2, 1e-3, 1e-4])), loss="mae")
    return model
