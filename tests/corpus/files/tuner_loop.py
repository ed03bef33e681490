import time
import keras
import keras_tuner as kt

SEED = 1


def build_model(hp):
    model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten()])
    model.add(keras.layers.Dense(hp.Int("units", 64, 256, step=64), activation=hp.Choice("act", ["relu", "gelu"])))
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuners = {
    "random": kt.RandomSearch(build_model, objective="val_accuracy", seed=SEED, max_trials=5, project_name="r"),
    "bayes": kt.BayesianOptimization(build_model, objective="val_accuracy", seed=SEED, max_trials=5, project_name="b"),
    "hyperband": kt.Hyperband(build_model, objective="val_accuracy", seed=SEED, max_epochs=5, project_name="h"),
}
results = []
for name, tuner in tuners.items():
    started = time.time()
    tuner.search(x_train, y_train, epochs=5, validation_split=0.1)
    results.append((name, time.time() - started, tuner.get_best_models(1)[0].evaluate(x_test, y_test)))
print(results)
