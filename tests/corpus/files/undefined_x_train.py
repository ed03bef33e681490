from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense
from keras_tuner.tuners import RandomSearch


def build_model(hp):
    model = Sequential()
    model.add(Dense(units=hp.Int('units1', 32, 128, step=32), activation='relu', input_dim=X_train.shape[1]))
    model.add(Dense(units=hp.Int('units2', 32, 128, step=32), activation='relu'))
    model.add(Dense(y_train.shape[1], activation='softmax'))
    model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])
    return model


tuner = RandomSearch(build_model, objective='val_accuracy', max_trials=5)
tuner.search(X_train, y_train, epochs=10, validation_data=(X_val, y_val))
