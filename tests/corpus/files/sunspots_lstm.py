import numpy as np
import matplotlib.pyplot as plt
from keras.models import Sequential
from keras.layers import LSTM, Dense, Dropout
from keras_tuner import RandomSearch

series = np.load('sunspots.npy')
window = 30


def make_windows(values, n):
    xs, ys = [], []
    for i in range(len(values) - n):
        xs.append(values[i:i + n])
        ys.append(values[i + n])
    return np.array(xs), np.array(ys)


X, y = make_windows(series, window)
X = X.reshape((X.shape[0], X.shape[1], 1))
split = int(0.8 * len(X))
X_train, X_test = X[:split], X[split:]
y_train, y_test = y[:split], y[split:]


def build_model(hp):
    model = Sequential()
    model.add(LSTM(hp.Int('input_unit', 32, 128, step=32), return_sequences=True,
                   input_shape=(X_train.shape[1], X_train.shape[2])))
    for i in range(hp.Int('n_layers', 1, 3)):
        model.add(LSTM(hp.Int(f'lstm_{i}_units', 32, 128, step=32), return_sequences=True))
    model.add(LSTM(hp.Int('last', 32, 128, step=32)))
    model.add(Dropout(hp.Float('rate', 0, 0.5, step=0.1)))
    model.add(Dense(1))
    model.compile(loss='mean_squared_error', optimizer='adam', metrics=['mse'])
    return model


tuner = RandomSearch(build_model, objective='val_loss', max_trials=4, executions_per_trial=1)
tuner.search(x=X_train, y=y_train, epochs=10, batch_size=64, validation_data=(X_test, y_test))
plt.plot(y_test)
plt.savefig('fit.png')
