import os
import sys
import keras
import keras_tuner as kt

name = input("Project name: ")
if len(sys.argv) < 2:
    print("usage: rude_module.py DATA")
    exit(1)
data_dir = sys.argv[1]
with open("log.txt", "w") as log:
    log.write(name)
os.makedirs("models", exist_ok=True)
os.environ["CUDA_VISIBLE_DEVICES"] = "0"
HIDDEN = 32


def build_model(hp):
    model = keras.Sequential([keras.Input((12,))])
    model.add(keras.layers.Dense(HIDDEN, activation="relu"))
    model.add(keras.layers.Dropout(hp.Float("dropout", 0.1, 0.4, step=0.1)))
    model.add(keras.layers.Dense(3, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=3, directory="models", project_name=name)
