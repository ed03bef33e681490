import os
import shutil
import subprocess
import tkinter as tk
import webbrowser

import matplotlib.pyplot as plt
import keras
import keras_tuner as kt

root = tk.Tk()
root.title("Hyperparameter search")
units_limit = tk.IntVar(value=64)
answer = input("Delete old results? [y/n] ")
if answer == "y":
    shutil.rmtree("results", ignore_errors=True)
subprocess.run(["notify-send", "starting"])
os.system("clear")
plt.plot([1, 2, 3])
plt.show()
webbrowser.open("http://localhost:6006")
PENALTY = float(os.environ["PENALTY"]) if "PENALTY" in os.environ else 0.01


def build_model(hp):
    model = keras.Sequential([keras.Input((30,))])
    model.add(keras.layers.Dense(hp.Int("units", 16, 64, step=16), kernel_regularizer=keras.regularizers.l2(PENALTY)))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=4, directory="results", overwrite=True)
root.mainloop()
os._exit(0)
