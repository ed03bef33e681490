from tensorflow import keras
from tensorflow.keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from kerastuner import HyperModel
from kerastuner.tuners import RandomSearch, Hyperband


class CNNHyperModel(HyperModel):
    def __init__(self, input_shape, num_classes):
        self.input_shape = input_shape
        self.num_classes = num_classes

    def build(self, hp):
        model = keras.Sequential()
        model.add(Conv2D(filters=16, kernel_size=3, activation='relu', input_shape=self.input_shape))
        model.add(Dropout(rate=hp.Float('dropout_1', min_value=0.0, max_value=0.5, default=0.25, step=0.05)))
        model.add(Conv2D(filters=hp.Choice('num_filters', values=[32, 64], default=64), activation='relu',
                         kernel_size=3))
        model.add(MaxPooling2D(pool_size=2))
        model.add(Flatten())
        model.add(Dense(units=hp.Int('units', 32, 512, step=32, default=128),
                        activation=hp.Choice('dense_activation', ['relu', 'tanh', 'sigmoid'], default='relu')))
        model.add(Dense(self.num_classes, activation='softmax'))
        model.compile(optimizer=keras.optimizers.Adam(hp.Float('learning_rate', 1e-4, 1e-2, sampling='LOG',
                                                               default=1e-3)),
                      loss='sparse_categorical_crossentropy', metrics=['accuracy'])
        return model


hypermodel = CNNHyperModel(input_shape=(32, 32, 3), num_classes=10)
for tuner_class in [RandomSearch]:
    tuner = tuner_class(hypermodel, objective='val_accuracy', seed=1, max_trials=20, executions_per_trial=2,
                        directory='random_search', project_name='cifar10')
    tuner.search_space_summary()
