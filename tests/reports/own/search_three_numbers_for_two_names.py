import numpy as np
import keras
import keras_tuner

(x_train, y_train), (x_test, y_test) = (
    (np.random.rand(200, 16).astype("float32"), np.random.randint(0, 2, 200)),
    (np.random.rand(40, 16).astype("float32"), np.random.randint(0, 2, 40)),
)


class Binary(keras_tuner.HyperModel):
    def build(self, hp):
        inputs = keras.Input((16,))
        hidden = inputs
        for i in range(hp.Int("layers", 1, 3)):
            hidden = keras.layers.Dense(hp.Choice(f"units_{i}", [8, 16]), activation="relu")(hidden)
        outputs = keras.layers.Dense(1, activation="sigmoid")(hidden)
        model = keras.Model(inputs, outputs)
        model.compile(
            optimizer=keras.optimizers.Adam(hp.Float("lr", 1e-4, 1e-2, sampling="log")),
            loss="binary_crossentropy",
            metrics=["accuracy", keras.metrics.AUC(name="auc")],
        )
        return model


tuner = keras_tuner.RandomSearch(
    Binary(), objective=keras_tuner.Objective("val_auc", "max"), max_trials=4, directory="out", overwrite=True
)
tuner.search(x_train, y_train, validation_split=0.2, epochs=2, verbose=0)
best_model = tuner.get_best_models(num_models=1)[0]
loss, accuracy = best_model.evaluate(x_test, y_test, verbose=0)
print(f"test accuracy {accuracy:.3f}")
