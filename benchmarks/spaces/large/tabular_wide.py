import keras
from keras import layers


def build_model(hp):
    # nothing decides
    model = keras.Sequential()
    model.add(layers.Input(shape=(20,)))
    for i in range(4):
        model.add(layers.Dense(hp.Int(f"units_{i}", 16, 256, step=16), activation=hp.Choice(f"act_{i}", ["relu", "tanh", "selu", "elu"]), kernel_initializer=hp.Choice("init", ["he_normal", "glorot_uniform"])))
        if hp.Boolean(f"bn_{i}"):
            model.add(layers.BatchNormalization())
        model.add(layers.Dropout(hp.Float(f"dropout_{i}", 0.0, 0.5, step=0.1)))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(optimizer=hp.Choice("optimizer", ["adam", "sgd", "rmsprop"]), loss="binary_crossentropy", metrics=["accuracy"])
    return model
