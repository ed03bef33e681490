"""Works: settings in a data class, a builder that a function makes, a tuner that another one makes."""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import keras
import keras_tuner as kt
import numpy as np


@dataclass(frozen=True)
class Settings:
    features: int = 6
    classes: int = 3
    trials: int = 2
    folder: Path = field(default_factory=lambda: Path("runs"))


def builder(settings: Settings) -> Callable[[kt.HyperParameters], keras.Model]:
    def build(hp: kt.HyperParameters) -> keras.Model:
        model = keras.Sequential([keras.Input((settings.features,))])
        for level in range(hp.Int("depth", 1, 3)):
            with hp.conditional_scope("depth", list(range(level + 1, 4))):
                width = hp.Int(f"width_{level}", 8, 32, step=8)
            model.add(keras.layers.Dense(width, activation="relu"))
        model.add(keras.layers.Dense(settings.classes, activation="softmax"))
        match hp.Choice("optimizer", ["adam", "sgd"]):
            case "adam":
                optimizer = keras.optimizers.Adam(1e-3)
            case _:
                optimizer = keras.optimizers.SGD(1e-2, momentum=hp.Float("momentum", 0.0, 0.9, step=0.3))
        model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    return build


def tuned(settings: Settings, x: np.ndarray, y: np.ndarray) -> dict:
    tuner = kt.RandomSearch(builder(settings), "val_accuracy", max_trials=settings.trials, directory=settings.folder, project_name="closure", overwrite=True)
    tuner.search(x, y, epochs=1, validation_split=0.2, verbose=0)
    return tuner.get_best_hyperparameters()[0].values


if __name__ == "__main__":
    settings = Settings()
    print(tuned(settings, np.random.rand(60, settings.features), np.random.randint(settings.classes, size=60)))
