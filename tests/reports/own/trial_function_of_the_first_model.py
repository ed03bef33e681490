import numpy as np
import tensorflow as tf
import keras
import keras_tuner as kt

loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@tf.function
def train_step(model, optimizer, images, labels):
    with tf.GradientTape() as tape:
        logits = model(images, training=True)
        loss = loss_fn(labels, logits)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


class Loop(kt.HyperModel):
    def build(self, hp):
        return keras.Sequential([
            keras.layers.Flatten(),
            keras.layers.Dense(hp.Int("units", 16, 64, step=16), activation="relu"),
            keras.layers.Dense(10),
        ])

    def fit(self, hp, model, x, y, validation_data, callbacks=None, **kwargs):
        train = tf.data.Dataset.from_tensor_slices((x, y)).batch(hp.Int("batch", 16, 64, step=16))
        valid = tf.data.Dataset.from_tensor_slices(validation_data).batch(32)
        optimizer = keras.optimizers.Adam(hp.Float("lr", 1e-4, 1e-2, sampling="log"))
        metric = keras.metrics.SparseCategoricalAccuracy()
        best = 0.0
        for epoch in range(2):
            for images, labels in train:
                train_step(model, optimizer, images, labels)
            metric.reset_state()
            for images, labels in valid:
                metric.update_state(labels, model(images, training=False))
            best = max(best, float(metric.result()))
        return -best


x, y = np.random.rand(100, 8, 8).astype("float32"), np.random.randint(0, 10, 100)
tuner = kt.RandomSearch(Loop(), max_trials=3, directory="out", project_name="f14", overwrite=True)
tuner.search(x, y, validation_data=(x[:30], y[:30]))
print(tuner.get_best_hyperparameters()[0].values)
