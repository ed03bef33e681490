import numpy as np
from tensorflow.keras.utils import Sequence
from tensorflow.keras import layers, models, optimizers
from kerastuner.tuners import RandomSearch


class DataGenerator(Sequence):
    def __init__(self, x, y, batch_size=16, shuffle=True, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.batch_size, self.shuffle = x, y, batch_size, shuffle
        self.on_epoch_end()

    def __len__(self):
        return len(self.x) / self.batch_size

    def __getitem__(self, index):
        rows = self.indexes[index * self.batch_size : (index + 1) * self.batch_size]
        return self.x[rows], self.y[rows]

    def on_epoch_end(self):
        self.indexes = np.arange(len(self.x))
        if self.shuffle:
            np.random.shuffle(self.indexes)


def build_model(hp):
    model = models.Sequential()
    model.add(layers.Conv2D(hp.Int("filters", 4, 12, step=4), 3, activation="relu", input_shape=(16, 16, 1)))
    model.add(layers.Flatten())
    model.add(layers.Dense(3, activation="softmax"))
    model.compile(optimizers.Adam(hp.Choice("lr", [1e-2, 1e-3])), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


images, labels = np.random.rand(96, 16, 16, 1), np.random.randint(0, 3, 96)
training, validation = DataGenerator(images[:64], labels[:64]), DataGenerator(images[64:], labels[64:], shuffle=False)
tuner = RandomSearch(build_model, objective="val_accuracy", max_trials=3, directory="out", project_name="gen", overwrite=True)
tuner.search(training, validation_data=validation, epochs=1, verbose=0)
