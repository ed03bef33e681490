# -*- coding: utf-8 -*-
"""Réseau de neurones — réglage des hyperparamètres"""
import keras
from keras import layers
import keras_tuner as kt

größe = 8


def build_model(hp):
	"""Modèle à convolution 🙂"""
	model = keras.Sequential([keras.Input((größe, größe, 1))])
	for i in range(hp.Int("tiefe_λ", 1, 3)):
		model.add(layers.Conv2D(8, kernel_size=hp.Choice("kernel", [3, 5]), activation="relu"))  # «noyau»
	model.add(layers.Flatten())
	model.add(layers.Dense(2, activation="softmax"))
	model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
	return model


tuner = kt.RandomSearch(build_model, objective="val_accuracy", max_trials=3)
