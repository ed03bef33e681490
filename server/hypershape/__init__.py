"""Hypershape tells Keras Tuner users which parts of their search space will crash."""

__version__ = "0.1.0"
