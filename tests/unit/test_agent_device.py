"""What is told of GPUs and of versions without starting a runtime."""

from __future__ import annotations

import importlib.metadata

import pytest

pytest.importorskip("keras_tuner")
pytestmark = pytest.mark.tensorflow


def test_a_gpu_without_cudnn_is_unseen_and_one_with_it_may_be_seen(monkeypatch, tmp_path) -> None:
    import tensorflow as tf

    from hypershape.agent import device

    monkeypatch.setattr(device.keras.backend, "backend", lambda: "tensorflow")
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: True)
    monkeypatch.setattr(device, "CUDNN", ())
    monkeypatch.setattr(device.sys, "path", [str(tmp_path)])
    monkeypatch.setattr(device.ctypes.util, "find_library", lambda name: None)
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    monkeypatch.setattr(device, "accelerators", lambda: ())
    assert device.unseen() is None
    monkeypatch.setattr(device, "accelerators", lambda: ("NVIDIA T4",))
    assert "cuDNN" in (device.unseen() or "")
    folder = tmp_path / "nvidia" / "cudnn" / "lib"
    folder.mkdir(parents=True)
    (folder / "libcudnn.so.9").touch()
    assert device.unseen() is None
    monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda: False)
    assert "without CUDA" in (device.unseen() or "")


def test_jax_without_its_plugin_cannot_use_a_gpu(monkeypatch) -> None:
    from hypershape.agent import device

    monkeypatch.setattr(device, "accelerators", lambda: ("NVIDIA T4",))
    monkeypatch.setattr(device.keras.backend, "backend", lambda: "jax")
    monkeypatch.setattr(device.importlib.util, "find_spec", lambda name: None)
    assert "CUDA plugin" in (device.unseen() or "")
    monkeypatch.setattr(device.importlib.util, "find_spec", lambda name: name == "jax_cuda12_plugin" or None)
    assert device.unseen() is None


@pytest.mark.parametrize(
    ("installed", "said"),
    [
        ({"keras": "3.5.0", "keras-tuner": "1.3.5", "tensorflow": "2.17.0"}, "-U keras-tuner"),
        ({"keras": "2.15.0", "keras-tuner": "1.4.7", "tensorflow": "2.16.1"}, "-U keras"),
        ({"keras": "3.15.1", "keras-tuner": "1.4.8", "tensorflow": "2.21.0"}, ""),
        ({"keras": "3.15.1", "keras-tuner": "1.4.8"}, ""),
    ],
)
def test_versions_that_do_not_work_together_are_named(monkeypatch, installed, said) -> None:
    from hypershape.agent import packages

    def version(name: str) -> str:
        if name not in installed:
            raise importlib.metadata.PackageNotFoundError(name)
        return installed[name]

    monkeypatch.setattr(packages.importlib.metadata, "version", version)
    assert packages._misfit().endswith(said) and bool(packages._misfit()) == bool(said)
