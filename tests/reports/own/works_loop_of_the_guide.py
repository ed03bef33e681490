"""The custom training loop of Keras Tuner's own guide."""
import keras_tuner
import tensorflow as tf
import keras
import numpy as np

x_train, y_train = np.random.rand(40, 6), np.random.rand(40, 1)
x_val, y_val = np.random.rand(20, 6), np.random.rand(20, 1)


class MyHyperModel(keras_tuner.HyperModel):
    def build(self, hp):
        inputs = keras.Input(shape=(6,))
        x = keras.layers.Dense(hp.Choice("units", [4, 8, 16]), activation="relu")(inputs)
        return keras.Model(inputs=inputs, outputs=keras.layers.Dense(1)(x))

    def fit(self, hp, model, x, y, validation_data, callbacks=None, **kwargs):
        batch_size = hp.Int("batch_size", 8, 16, step=8, default=8)
        train_ds = tf.data.Dataset.from_tensor_slices((x, y)).batch(batch_size)
        validation_data = tf.data.Dataset.from_tensor_slices(validation_data).batch(batch_size)
        optimizer = keras.optimizers.Adam(hp.Float("learning_rate", 1e-4, 1e-2, sampling="log", default=1e-3))
        loss_fn = keras.losses.MeanSquaredError()
        epoch_loss_metric = keras.metrics.MeanSquaredError()

        def run_train_step(images, labels):
            with tf.GradientTape() as tape:
                logits = model(images)
                loss = loss_fn(labels, logits)
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))

        def run_val_step(images, labels):
            epoch_loss_metric.update_state(labels, model(images))

        for callback in callbacks:
            callback.set_model(model)

        best_epoch_loss = float("inf")
        for epoch in range(2):
            for images, labels in train_ds:
                run_train_step(images, labels)
            for images, labels in validation_data:
                run_val_step(images, labels)
            epoch_loss = float(epoch_loss_metric.result().numpy())
            for callback in callbacks:
                callback.on_epoch_end(epoch, logs={"my_metric": epoch_loss})
            epoch_loss_metric.reset_state()
            best_epoch_loss = min(best_epoch_loss, epoch_loss)
        return best_epoch_loss


tuner = keras_tuner.RandomSearch(objective=keras_tuner.Objective("my_metric", "min"), max_trials=2, hypermodel=MyHyperModel(), directory="results", project_name="custom_training", overwrite=True)
tuner.search(x=x_train, y=y_train, validation_data=(x_val, y_val))
best_hps = tuner.get_best_hyperparameters()[0]
best_model = tuner.get_best_models()[0]
