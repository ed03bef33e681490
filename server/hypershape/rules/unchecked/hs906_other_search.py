"""HS906."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Example, Rule
from hypershape.source import Code

_SEARCHES = {
    "hyperopt.fmin": "Hyperopt",
    "optuna.create_study": "Optuna",
    "optuna.study.create_study": "Optuna",
    "ray.tune.run": "Ray Tune",
    "ray.tune.Tuner": "Ray Tune",
    "skopt.gp_minimize": "scikit-optimize",
    "wandb.sweep": "Weights & Biases",
}
_OVER_ESTIMATORS = {
    "sklearn.model_selection.GridSearchCV": "scikit-learn",
    "sklearn.model_selection.HalvingGridSearchCV": "scikit-learn",
    "sklearn.model_selection.HalvingRandomSearchCV": "scikit-learn",
    "sklearn.model_selection.RandomizedSearchCV": "scikit-learn",
    "skopt.BayesSearchCV": "scikit-optimize",
}
"""Searches over any estimator: over a Keras model where it is wrapped as one."""

_WRAPPERS = ("scikeras.", "keras.wrappers.", "tensorflow.keras.wrappers.")


class OtherSearch(Rule):
    """A search over a Keras model that is not one of Keras Tuner's.

    ## What it does
    Says where a file that uses Keras begins a search of Optuna, scikit-learn, Ray Tune, Hyperopt, scikit-optimize or
    Weights & Biases.

    ## Why it matters
    Hypershape reads the search spaces of Keras Tuner: its silence about another one does not mean that all of its
    configurations work.

    ## Fix
    Nothing has to be done.
    """

    code = "HS906"
    name = "other-search"
    severity = Severity.INFO
    static = True

    INVALID = (
        Example(
            """
            import keras
            import optuna
            from keras import layers


            def objective(trial):
                model = keras.Sequential([keras.Input((4,)), layers.Dense(trial.suggest_int("units", 1, 8))])
                model.compile(loss="mse")
                return 0.0


            study = optuna.create_study()
            study.optimize(objective, n_trials=5)
            """,
            at="optuna.create_study",
        ),
        Example(
            """
            import keras
            from scikeras.wrappers import KerasRegressor
            from sklearn.model_selection import GridSearchCV


            def build_model(units=4):
                return keras.Sequential([keras.Input((4,)), keras.layers.Dense(units)])


            grid = GridSearchCV(KerasRegressor(build_model, loss="mse"), {"model__units": [4, 8]})
            """,
            at="GridSearchCV",
        ),
    )
    VALID = (
        Example(
            """
            import keras
            from sklearn.ensemble import RandomForestRegressor
            from sklearn.model_selection import GridSearchCV

            grid = GridSearchCV(RandomForestRegressor(), {"max_depth": [2, 4]})
            """
        ),
        Example(
            """
            import optuna

            study = optuna.create_study()
            """
        ),
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        code = analysis.module.code
        imported = set(code.imports.values())
        if not any(each.partition(".")[0] in ("keras", "tensorflow", "scikeras") for each in imported):
            return
        wrapped = any(each.startswith(_WRAPPERS) or f"{each}." in _WRAPPERS for each in imported)
        for call in code.calls:
            name = _whose(call, wrapped, code)
            if name is not None:
                yield self.finding(
                    f"Hypershape reads the search spaces of Keras Tuner; what {name} tries here is not checked.",
                    code.span(call.func),
                )


def _whose(call: ast.Call, wrapped: bool, code: Code) -> str | None:
    origin = code.imported(call.func) or ""
    return _SEARCHES.get(origin) or (_OVER_ESTIMATORS.get(origin) if wrapped else None)
