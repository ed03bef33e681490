import numpy as np, keras, keras_tuner as kt
from keras.callbacks import Callback


class History(Callback):
    """Keeps what was measured, epoch after epoch."""

    def on_train_begin(self, logs={}):
        self.seen = {name: [] for name in self.params["metrics"]}

    def on_epoch_end(self, epoch, logs={}):
        for name in self.seen:
            self.seen[name].append(logs[name])


class Net(kt.HyperModel):
    def build(self, hp):
        inputs = keras.Input(shape=(4,))
        h = keras.layers.Dense(hp.Int("width", 4, 12, step=4), activation="relu")(inputs)
        outputs = keras.layers.Dense(3, activation="softmax")(h)
        net = keras.Model(inputs, outputs)
        net.compile(loss="categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
        return net


x = np.random.rand(60, 4)
y = keras.utils.to_categorical(np.arange(60) % 3)
tuner = kt.GridSearch(Net(), objective="val_loss", directory="out", project_name="f04", overwrite=True)
tuner.search(x, y, validation_split=0.2, epochs=2, callbacks=[History()], verbose=0)
tuner.results_summary()
