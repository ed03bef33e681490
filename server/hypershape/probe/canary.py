"""A search space that cannot fail: where it does, the interpreter is to blame and no target."""

from hypershape.model import Slice, SliceFile

TEXT = """\
import keras

def build_model(hp):
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(hp.Int("units", 1, 2))])
    model.compile(optimizer="sgd", loss="mse")
    return model
"""

SLICE = Slice((SliceFile("<hypershape>/canary.py", "__main__", TEXT),), "build_model")

SECONDS = 30.0
"""Its bound: the first model in an interpreter also starts the backend."""
