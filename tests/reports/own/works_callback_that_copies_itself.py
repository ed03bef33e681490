import threading, os
import numpy as np
import keras
import keras_tuner as kt


class Watch(keras.callbacks.Callback):
    """Has a lock and copies itself without it."""

    def __init__(self, validation_data):
        super().__init__()
        self.validation_data = validation_data
        self.lock = threading.Lock()

    def __deepcopy__(self, memo):
        return Watch(self.validation_data)

    def on_epoch_end(self, epoch, logs=None):
        with self.lock:
            x, y = self.validation_data
            guess = self.model.predict(x, verbose=0).argmax(-1)
            logs["val_balanced"] = float(np.mean([np.mean(guess[y == k] == k) for k in np.unique(y)]))
            logs.setdefault("lr", float(self.model.optimizer.learning_rate))
            if self.params.get("epochs", 0) > 3:
                self.model.stop_training = True


def build(hp):
    model = keras.Sequential([
        keras.Input((6,)),
        keras.layers.Dense(hp.Int("u", 4, 12), activation="relu"),
        keras.layers.Dense(3, activation="softmax"),
    ])
    model.compile(keras.optimizers.Adam(hp.Float("lr", 1e-3, 1e-1, sampling="log")), "sparse_categorical_crossentropy")
    return model


x, y = np.random.rand(60, 6), np.random.randint(0, 3, 60)
tuner = kt.RandomSearch(build, kt.Objective("val_balanced", "max"), max_trials=3, directory="out", project_name="r03", overwrite=True)
tuner.search(x[:40], y[:40], validation_data=(x[40:], y[40:]), epochs=2, callbacks=[Watch((x[40:], y[40:]))], verbose=0)
os.makedirs("models", exist_ok=True)
tuner.get_best_models(1)[0].save("models/best.keras")
print(tuner.oracle.get_best_trials(1)[0].metrics.get_best_value("val_balanced"))
