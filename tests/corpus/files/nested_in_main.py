import tensorflow as tf
import keras_tuner as kt


def main(n_classes=10):
    (x, y), (xv, yv) = tf.keras.datasets.mnist.load_data()
    x, xv = x[..., None] / 255.0, xv[..., None] / 255.0
    shape = x.shape[1:]

    def build(hp):
        inputs = tf.keras.Input(shape)
        h = tf.keras.layers.Conv2D(hp.Int("filters", 8, 32, step=8), hp.Choice("kernel", [3, 5]))(inputs)
        h = tf.keras.layers.GlobalMaxPool2D()(h)
        model = tf.keras.Model(inputs, tf.keras.layers.Dense(n_classes, activation="softmax")(h))
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    tuner = kt.RandomSearch(build, "val_accuracy", max_trials=4, overwrite=True)
    tuner.search(x, y, validation_data=(xv, yv), epochs=2)
    tuner.get_best_models()[0].save("best.keras")


if __name__ == "__main__":
    main()
