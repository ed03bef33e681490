from sklearn import ensemble, linear_model, metrics, model_selection
import keras_tuner as kt


def build_model(hp):
    kind = hp.Choice("model_type", ["random_forest", "ridge"])
    if kind == "random_forest":
        return ensemble.RandomForestClassifier(n_estimators=hp.Int("n_estimators", 10, 50, step=10),
                                               max_depth=hp.Int("max_depth", 3, 10))
    return linear_model.RidgeClassifier(alpha=hp.Choice("alpha", [0.1, 1.0]))


tuner = kt.tuners.SklearnTuner(
    oracle=kt.oracles.BayesianOptimizationOracle(objective=kt.Objective("score", "max"), max_trials=10),
    hypermodel=build_model,
    scoring=metrics.make_scorer(metrics.accuracy_score),
    cv=model_selection.StratifiedKFold(5),
    directory="sk",
    overwrite=True,
)
