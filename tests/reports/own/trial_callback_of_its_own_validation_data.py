import numpy as np
import keras
import keras_tuner as kt


class F1(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.scores = []

    def on_epoch_end(self, epoch, logs=None):
        predicted = (self.model.predict(self.validation_data[0], verbose=0) > 0.5).astype(int)
        truth = self.validation_data[1]
        hits = float(np.sum(predicted[:, 0] * truth))
        score = 2 * hits / max(1.0, float(predicted.sum() + truth.sum()))
        self.scores.append(score)
        logs["val_f1"] = score


def make_model(hp):
    model = keras.Sequential([
        keras.Input((6,)),
        keras.layers.Dense(hp.Int("units", 4, 16, 4), activation=hp.Choice("act", ["relu", "tanh"])),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


rng = np.random.default_rng(3)
x_train, x_val = rng.normal(size=(80, 6)), rng.normal(size=(20, 6))
y_train, y_val = (x_train[:, 0] > 0).astype(int), (x_val[:, 0] > 0).astype(int)
tuner = kt.RandomSearch(make_model, kt.Objective("val_f1", direction="max"), max_trials=5, directory="out", project_name="f03", overwrite=True)
tuner.search(x_train, y_train, validation_data=(x_val, y_val), epochs=2, callbacks=[F1()], verbose=0)
print(tuner.get_best_hyperparameters()[0].values)
