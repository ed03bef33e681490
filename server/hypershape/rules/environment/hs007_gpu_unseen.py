"""HS007."""

from __future__ import annotations

from collections.abc import Iterator

from hypershape.model import Analysis, Finding, Severity
from hypershape.rules.base import Rule
from hypershape.rules.common.places import import_of


class GpuUnseen(Rule):
    """The machine has a GPU, and Keras's backend cannot use it.

    ## What it does
    Looks for NVIDIA GPUs, and for what the backend needs to use one: a TensorFlow or PyTorch that was built with
    CUDA, cuDNN, JAX's CUDA plugin. Nothing is started on the GPU.

    ## Why it matters
    The search runs on the CPU without a word, often ten times as long.

    ## Fix
    `pip install 'tensorflow[and-cuda]'` or `pip install 'jax[cuda12]'`.
    """

    code = "HS007"
    name = "gpu-unseen"
    severity = Severity.WARNING

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        environment = analysis.environment
        if environment is None or environment.gpu_unseen is None or not analysis.module.tuners:
            return
        place = import_of(analysis.module, "keras_tuner", "keras", "tensorflow")
        if place is not None:
            gpu = environment.devices[0] if environment.devices else "a GPU"
            yield self.finding(
                f"This machine has a GPU ({gpu}) that the search will not use: {environment.gpu_unseen}.",
                place,
            )
