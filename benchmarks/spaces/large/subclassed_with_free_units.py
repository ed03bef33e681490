import keras


class Net(keras.Model):
    def __init__(self, filters, kernel, units, rate, activation):
        super().__init__()
        self.convolutions = [keras.layers.Conv2D(f, kernel, activation=activation) for f in filters]
        self.pool = keras.layers.MaxPooling2D(2)
        self.flatten = keras.layers.Flatten()
        self.dense = [keras.layers.Dense(u, activation=activation) for u in units]
        self.dropout = keras.layers.Dropout(rate)
        self.head = keras.layers.Dense(10, activation="softmax")

    def call(self, x, training=False):
        for convolution in self.convolutions:
            x = self.pool(convolution(x))
        x = self.flatten(x)
        for dense in self.dense:
            x = self.dropout(dense(x), training=training)
        return self.head(x)


def build(hp):
    # blocks and kernel decide
    model = Net(
        filters=[hp.Int(f"filters_{i}", 8, 64, step=8) for i in range(hp.Int("blocks", 1, 4))],
        kernel=hp.Choice("kernel", [3, 5, 7]),
        units=[hp.Int(f"units_{i}", 16, 128, step=16) for i in range(2)],
        rate=hp.Float("dropout", 0.0, 0.5, step=0.1),
        activation=hp.Choice("activation", ["relu", "elu", "tanh"]),
    )
    model.build((None, 28, 28, 1))
    model.compile(optimizer=hp.Choice("optimizer", ["adam", "sgd"]), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
