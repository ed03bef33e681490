import keras
from keras import layers, ops


class Sparse(keras.regularizers.Regularizer):
    def __init__(self, target, weight=0.1):
        self.target, self.weight = target, weight

    def __call__(self, activity):
        return self.weight * ops.sum(ops.square(ops.mean(activity, axis=0) - self.target))


class Near(keras.constraints.Constraint):
    def __init__(self, most):
        self.most = most

    def __call__(self, weights):
        return ops.clip(weights, -self.most, self.most)


def build(hp):
    inputs = keras.Input((hp.Choice("columns", [20, 30]),), name="row")
    x, widths = inputs, [hp.Int(f"width_{i}", 4, 32, step=4) for i in range(hp.Int("depth", 1, 3))]
    for width in widths:
        x = layers.Dense(width, "relu", activity_regularizer=Sparse(0.05), kernel_constraint=Near(hp.Choice("most", [1.0, 2.0])))(x)
    for width in reversed(widths[:-1]):
        x = layers.Dense(width - hp.Choice("less", [0, 4]), "relu")(x)
    outputs = layers.Dense(20)(x)
    model = keras.Model(inputs, layers.Subtract()([inputs, outputs]))
    model.compile("adam", "mse")
    return model
