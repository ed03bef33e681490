import keras
from keras import layers, ops


class Expert(layers.Layer):
    def __init__(self, hidden, out, **kwargs):
        super().__init__(**kwargs)
        self.fc1 = layers.Dense(hidden, activation="relu")
        self.fc2 = layers.Dense(out)

    def call(self, x):
        return self.fc2(self.fc1(x))


class Gate(layers.Layer):
    def __init__(self, experts, k, **kwargs):
        super().__init__(**kwargs)
        self.experts, self.k = experts, k
        self.logits = layers.Dense(experts)

    def call(self, x):
        if self.k > self.experts:
            raise ValueError(f"top-{self.k} of {self.experts} experts")
        probabilities = ops.softmax(self.logits(x))
        values, indices = ops.top_k(probabilities, self.k)
        mask = ops.sum(ops.one_hot(indices, self.experts), axis=1)
        return probabilities * mask


def build(hp):
    n_experts = hp.Int("experts", 2, 6)
    out = hp.Choice("out", [16, 32])
    inputs = keras.Input((24,))
    x = layers.Dense(hp.Int("stem", 16, 64, step=16), activation=hp.Choice("act", ["relu", "tanh"]))(inputs)
    weights = Gate(n_experts, hp.Int("k", 1, 4))(x)
    outputs = [Expert(hp.Int(f"hidden_{e}", 16, 64, step=16), out)(x) for e in range(n_experts)]
    stacked = ops.stack(outputs, axis=1)
    mixed = ops.sum(stacked * ops.expand_dims(weights, -1), axis=1)
    model = keras.Model(inputs, layers.Dense(1)(mixed))
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model
