from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Dropout
from tensorflow.keras.optimizers import Adam
from kerastuner.tuners import BayesianOptimization


def build_model(hp):
    model = Sequential()
    model.add(Dense(hp.Int('units', 16, 128, step=16), activation='relu', input_dim=13))
    model.add(Dropout(hp.Float('drop', 0.0, 0.5, step=0.1)))
    model.add(Dense(1))
    model.compile(optimizer=Adam(lr=hp.Float('lr', 1e-4, 1e-2, sampling='log')), loss='mse', metrics=['mae'])
    return model


tuner = BayesianOptimization(build_model, objective='val_mae', max_trials=20, directory='bo', project_name='boston')
