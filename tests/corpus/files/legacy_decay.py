from tensorflow.keras import Sequential
from tensorflow.keras.layers import Dense
from tensorflow.keras.optimizers import SGD
from kerastuner import RandomSearch


def build_model(hp):
    model = Sequential()
    model.add(Dense(hp.Choice("units", [16, 32, 64]), input_dim=8, activation="relu", kernel_initializer="he_uniform"))
    model.add(Dense(1, activation="sigmoid"))
    sgd = SGD(learning_rate=0.01, decay=1e-6, momentum=hp.Choice("momentum", [0.0, 0.9]), nesterov=True)
    model.compile(loss="binary_crossentropy", optimizer=sgd, metrics=["accuracy"])
    return model


tuner = RandomSearch(build_model, objective="val_accuracy", max_trials=6, directory="pima", overwrite=True)
