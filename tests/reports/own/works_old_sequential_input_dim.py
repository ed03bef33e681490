"""Numpy style of old: input_dim, lists of layers, model.summary, tuner in a function."""
import numpy as np
import tensorflow as tf
import keras_tuner as kt

DATA = np.random.random((40, 7)).astype('float32')
LABELS = tf.keras.utils.to_categorical(np.random.randint(3, size=(40, 1)), num_classes=3)


def model_builder(hp):
    model = tf.keras.models.Sequential([
        tf.keras.layers.Dense(hp.Int('first', 8, 24, 8), input_dim=7, activation=hp.Choice('act', ['relu', 'tanh'])),
        tf.keras.layers.Dropout(hp.Float('drop', 0.0, 0.5, step=0.25)),
        tf.keras.layers.Dense(3, activation='softmax')])
    model.compile(loss=tf.keras.losses.CategoricalCrossentropy(), optimizer=tf.keras.optimizers.RMSprop(hp.Choice('learning_rate', [1e-2, 1e-3])), metrics=[tf.keras.metrics.CategoricalAccuracy(name='acc')])
    return model


def tune():
    tuner = kt.Hyperband(model_builder, objective=kt.Objective('val_acc', 'max'), max_epochs=3, factor=3, directory='dir', project_name='intro', overwrite=True)
    stop = tf.keras.callbacks.EarlyStopping(monitor='val_loss', patience=2)
    tuner.search(DATA, LABELS, validation_split=0.25, callbacks=[stop], verbose=0)
    return tuner


best = tune().get_best_hyperparameters(num_trials=1)[0]
model = model_builder(best)
model.fit(DATA, LABELS, epochs=1, verbose=0)
