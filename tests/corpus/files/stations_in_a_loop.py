import keras
import keras_tuner as kt
import requests
from meteo import Archive

archive = Archive(requests.get("https://weather.example.org/index.json").json())

for station, series in zip(archive.stations, archive.series):
    if station not in archive.complete:
        raise SystemExit(f"{station} has gaps")
    length = len(series.values)

    class Forecast(kt.HyperModel):
        def build(self, hp):
            model = keras.Sequential([keras.Input((24, 3))])
            model.add(keras.layers.Conv1D(hp.Choice("filters", [8, 16]), hp.Int("kernel", 3, 9, step=2)))
            model.add(keras.layers.MaxPooling1D(hp.Int("pool", 2, 4)))
            model.add(keras.layers.LSTM(16))
            model.add(keras.layers.Dense(1))
            model.compile("adam", "mae")
            return model

    tuner = kt.Hyperband(Forecast(), "val_loss", max_epochs=8, overwrite=True, project_name=station)
    tuner.search(series.windows, series.next, validation_split=0.2)
