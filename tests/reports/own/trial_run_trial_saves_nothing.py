import numpy as np
import keras
import keras_tuner as kt
from keras import layers
from keras.callbacks import EarlyStopping

trainX = np.random.rand(90, 24, 2)
trainY = np.random.rand(90, 1)
testX, testY = trainX[:20], trainY[:20]


def build_model(hp):
    model = keras.Sequential()
    model.add(layers.Input((24, 2)))
    model.add(layers.LSTM(hp.Int("units", 4, 12, step=4)))
    model.add(layers.Dense(1))
    model.compile(loss="mae", optimizer=keras.optimizers.Adam(hp.Choice("lr", [1e-2, 1e-3])), metrics=["mae"])
    return model


class MyTuner(kt.Tuner):
    def run_trial(self, trial, trainX, trainY, batch_size, objective, epochs, validation_data):
        hp = trial.hyperparameters
        model = self.hypermodel.build(hp)
        history = model.fit(
            trainX, trainY, batch_size=batch_size, epochs=epochs, validation_data=validation_data,
            callbacks=[EarlyStopping(patience=20)], verbose=0,
        )
        val_mae = history.history["val_mae"][-1]
        self.oracle.update_trial(trial.trial_id, {objective: val_mae})
        return {objective: val_mae}


tuner = MyTuner(
    oracle=kt.oracles.RandomSearchOracle(objective=kt.Objective("val_mae", "min"), max_trials=3),
    hypermodel=build_model, directory="agg", project_name="p", overwrite=True,
)
tuner.search(trainX, trainY, batch_size=16, objective="val_mae", epochs=2, validation_data=(testX, testY))
best = tuner.get_best_models()[0]
print(best.evaluate(testX, testY, verbose=0))
