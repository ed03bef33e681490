# Forecast windows: old notebook style, the reshape has to come out even
from keras.models import Model
from keras.layers import Input, Dense, LSTM, concatenate
import keras.ops as K


def build(hp):
    past = hp.Int("past", 12, 36, step=4)
    window = hp.Choice("window", [2, 3, 4, 5])
    series = Input(shape=(past, 3), name="series")
    calendar = Input(shape=(5,), name="calendar")
    pieces = K.reshape(series, (-1, past // window, window * 3))
    state = LSTM(hp.Int("units", 8, 64, step=8))(pieces)
    if hp.Boolean("with_calendar"):
        state = concatenate([state, Dense(hp.Int("dates", 2, 8))(calendar)])
    else:
        state = Dense(hp.Int("dense", 16, 64, step=16), activation="relu")(state)
    out = Dense(1)(state)
    model = Model(inputs=[series, calendar] if hp.get("with_calendar") else series, outputs=out)
    model.compile(loss=hp.Choice("loss", ["mae", "mse", "huber"]), optimizer="rmsprop", metrics=["mae"])
    return model
