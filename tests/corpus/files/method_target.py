import pandas as pd
from tensorflow.keras import Sequential
from tensorflow.keras.layers import Dense
import keras_tuner as kt


class Trainer:
    def __init__(self, path, target):
        self.frame = pd.read_csv(path)
        self.y = self.frame[target]
        self.X = self.frame.drop(columns=[target])
        self.n_features = self.X.shape[1]
        self.activation = "relu"

    def build_model(self, hp):
        model = Sequential()
        model.add(Dense(hp.Int("units", 16, 128, step=16), input_shape=(self.n_features,), activation=self.activation))
        model.add(Dense(1, activation="sigmoid"))
        model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
        return model

    def tune(self):
        tuner = kt.RandomSearch(self.build_model, objective="val_accuracy", max_trials=5)
        tuner.search(self.X, self.y, epochs=5, validation_split=0.2)
        return tuner.get_best_hyperparameters()[0]


trainer = Trainer("heart.csv", "target")
print(trainer.tune().values)
