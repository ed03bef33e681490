import keras_tuner as kt
from bound_by_exec import *

tuner = kt.RandomSearch(Chosen(), objective="loss", max_trials=4, overwrite=True)
