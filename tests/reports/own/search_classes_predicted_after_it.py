import numpy as np
import tensorflow as tf
from tensorflow import keras
from kerastuner import RandomSearch

(x_train, y_train) = np.random.rand(60, 28, 28) / 255.0, np.random.randint(0, 10, 60)
x_test = np.random.rand(10, 28, 28) / 255.0


def build_model(hp):
    model = keras.Sequential([keras.layers.Flatten(input_shape=(28, 28))])
    model.add(keras.layers.Dense(units=hp.Int("dense_1_units", 32, 64, 32), activation="relu"))
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile(optimizer=keras.optimizers.Adam(hp.Choice("learning_rate", values=[1e-2, 1e-3])), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner_search = RandomSearch(build_model, objective="val_accuracy", max_trials=2, directory="output", project_name="Mnist Fashion")
tuner_search.search(x_train, y_train, epochs=2, validation_split=0.1)
model = tuner_search.get_best_models(num_models=1)[0]
model.summary()
predictions = model.predict_classes(x_test)
print(predictions)
