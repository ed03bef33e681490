import pandas as pd
import tensorflow as tf
import keras_tuner as kt
from sklearn.model_selection import train_test_split

data = pd.read_csv("./data/churn.csv", index_col=0)
target = data.pop("Exited")
data = pd.get_dummies(data, columns=["Geography", "Gender"])
x_train, x_val, y_train, y_val = train_test_split(data.values.astype("float32"), target.values, test_size=0.2)


def build_model(hp):
    inputs = tf.keras.Input(shape=(x_train.shape[1],))
    x = inputs
    for i in range(hp.Int("layers", 1, 4)):
        x = tf.keras.layers.Dense(hp.Int(f"units_{i}", 8, 64, step=8))(x)
        if hp.Boolean("batch_norm"):
            x = tf.keras.layers.BatchNormalization()(x)
        x = tf.keras.layers.Activation(hp.Choice("act", ["relu", "elu", "tanh"]))(x)
    outputs = tf.keras.layers.Dense(1, activation="sigmoid")(x)
    model = tf.keras.Model(inputs, outputs)
    model.compile(
        optimizer=hp.Choice("optimizer", ["adam", "sgd", "rmsprop"]),
        loss="binary_crossentropy",
        metrics=["accuracy", tf.keras.metrics.AUC(name="auc")],
    )
    return model


tuner = kt.Hyperband(build_model, kt.Objective("val_auc", direction="max"), max_epochs=20, overwrite=True)
stop = tf.keras.callbacks.EarlyStopping(monitor="val_loss", patience=3)
tuner.search(x_train, y_train, epochs=20, validation_data=(x_val, y_val), callbacks=[stop])
