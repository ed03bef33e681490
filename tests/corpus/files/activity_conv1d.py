import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Conv1D, MaxPooling1D, Dropout, Flatten, Dense
from tensorflow.keras.utils import to_categorical
from keras_tuner import RandomSearch

n_timesteps, n_features, n_outputs = 32, 9, 6
X_train = np.load("X_train.npy")
y_train = to_categorical(np.load("y_train.npy"))


def build_model(hp):
    model = Sequential()
    model.add(Conv1D(32, hp.Int("kernel_1", 3, 11, step=2), activation="relu", input_shape=(n_timesteps, n_features)))
    model.add(MaxPooling1D(pool_size=hp.Choice("pool", [2, 3, 4])))
    model.add(Conv1D(64, hp.Int("kernel_2", 3, 7, step=2), activation="relu"))
    model.add(Dropout(0.5))
    model.add(Flatten())
    model.add(Dense(100, activation="relu"))
    model.add(Dense(n_outputs, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


tuner = RandomSearch(build_model, objective="val_accuracy", max_trials=30, overwrite=True)
tuner.search(X_train, y_train, epochs=10, validation_split=0.2)
