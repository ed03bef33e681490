import numpy as np
import tensorflow as tf
import keras_tuner as kt


def warmup(epoch, lr):
    if epoch < 3:
        return lr * (epoch + 1) / 3
    elif epoch > 10:
        return lr * 0.9


def create_model(hp):
    model = tf.keras.Sequential([
        tf.keras.layers.Input(shape=(28,)),
        tf.keras.layers.Dense(units=hp.Int('units', min_value=16, max_value=64, step=16), activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax')])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


x, y = np.random.rand(100, 28), np.random.randint(0, 10, 100)
tuner = kt.RandomSearch(create_model, objective='val_accuracy', max_trials=4, overwrite=True, directory='sched')
tuner.search(x, y, epochs=15, validation_split=0.2, verbose=0, callbacks=[tf.keras.callbacks.LearningRateScheduler(warmup)])
