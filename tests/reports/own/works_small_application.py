"""A convolutional base of Keras without its weights, and a head of one's own."""
import keras
import keras_tuner as kt
import numpy as np

SHAPE = (32, 32, 3)


class Transfer(kt.HyperModel):
    def __init__(self, classes):
        super().__init__()
        self.classes = classes

    def build(self, hp):
        base = keras.applications.MobileNet(input_shape=SHAPE, alpha=0.25, include_top=False, weights=None, pooling="avg")
        base.trainable = False
        inputs = keras.Input(SHAPE)
        x = base(inputs, training=False)
        x = keras.layers.Dropout(hp.Float("dropout", 0.0, 0.4, step=0.2))(x)
        model = keras.Model(inputs, keras.layers.Dense(self.classes, activation="softmax")(x))
        model.compile(hp.Choice("optimizer", ["adam", "rmsprop"]), "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model


images, labels = np.random.rand(16, *SHAPE), np.random.randint(0, 4, 16)
tuner = kt.RandomSearch(Transfer(4), "val_accuracy", max_trials=2, directory="transfer", overwrite=True)
tuner.search(images, labels, epochs=1, validation_split=0.25, verbose=0)
