"""The agent: runs the slice in the user's own interpreter, where nothing of Hypershape is installed.

Standard library, keras, keras_tuner and numpy only; Python 3.9 and later. The sources travel over the standard
input of the start command (`loader.py`) and are imported from memory.
"""
