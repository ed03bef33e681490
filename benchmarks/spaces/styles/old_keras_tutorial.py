import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.layers import *
from tensorflow.keras.models import Sequential
from kerastuner.tuners import RandomSearch


def build_model(hp):
    model = Sequential()
    model.add(Conv2D(filters=hp.Int('conv_1_filter', min_value=32, max_value=128, step=16),
                     kernel_size=hp.Choice('conv_1_kernel', values=[3, 5]),
                     activation='relu', input_shape=(28, 28, 1)))
    model.add(Conv2D(filters=hp.Int('conv_2_filter', min_value=32, max_value=64, step=16),
                     kernel_size=hp.Choice('conv_2_kernel', values=[3, 5, 7]), activation='relu'))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    for i in range(hp.Int('n_layers', 1, 4)):
        model.add(Conv2D(hp.Int(f'conv_{i + 3}_filter', 16, 64, 16), hp.Choice(f'conv_{i + 3}_kernel', [3, 5])))
        model.add(Activation('relu'))
    model.add(Flatten())
    model.add(Dense(units=hp.Int('dense_1_units', 32, 128, 16), activation='relu'))
    model.add(Dropout(hp.Float('drop', 0, 0.5, 0.1)))
    model.add(Dense(10, activation='softmax'))
    model.compile(optimizer=keras.optimizers.Adam(hp.Choice('learning_rate', values=[1e-2, 1e-3])),
                  loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


tuner = RandomSearch(build_model, objective='val_accuracy', max_trials=5, directory='out', project_name='mnist')
