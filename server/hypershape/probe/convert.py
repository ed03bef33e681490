"""Values of `model.py` to and from the agent's JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

import cattrs
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from pygls.protocol import default_converter
from pygls.protocol.json_rpc import JsonRPCNotification, JsonRPCRequestMessage, JsonRPCResponseMessage

from hypershape.model import (
    Configuration,
    DeclaredData,
    Environment,
    LayerArgument,
    LayerCall,
    ProbeError,
    Rehearsal,
    Report,
    Slice,
    Span,
    Value,
)

_converter = cattrs.Converter()


def _keep(value: Any, _: Any) -> Any:
    return value


def _tuples(value: Any, _: Any = None) -> Any:
    """JSON's lists as the tuples that they were, at every depth."""
    if isinstance(value, list):
        return tuple(map(_tuples, value))
    return {name: _tuples(each) for name, each in value.items()} if isinstance(value, dict) else value


def _value(value: Any) -> bool:
    return value == Value or (bool(get_args(value)) and set(get_args(value)) <= {*get_args(Value)})


# A value that Keras Tuner drew is a JSON scalar already; converting it could turn True into 1.
_converter.register_structure_hook_func(_value, _keep)
_converter.register_structure_hook(
    LayerArgument, make_dict_structure_fn(LayerArgument, _converter, value=override(struct_hook=_tuples))
)
_converter.register_structure_hook(
    ProbeError, make_dict_structure_fn(ProbeError, _converter, details=override(struct_hook=_tuples))
)
_converter.register_structure_hook(
    Report,
    make_dict_structure_fn(
        Report,
        _converter,
        configuration=override(struct_hook=_keep),
        layers=override(struct_hook=_keep),
        alike=override(struct_hook=_tuples),
        states=override(struct_hook=_tuples),
        apart=override(struct_hook=_tuples),
    ),
)
_converter.register_structure_hook(
    Rehearsal,
    make_dict_structure_fn(
        Rehearsal,
        _converter,
        configuration=override(struct_hook=_keep),
        values=override(struct_hook=_keep),
        facts=override(struct_hook=_keep),
    ),
)
_converter.register_unstructure_hook(DeclaredData, make_dict_unstructure_fn(DeclaredData, _converter))


def slice_to_json(slice_: Slice) -> dict[str, Any]:
    return _converter.unstructure(slice_)  # type: ignore[no-any-return]


def data_to_json(data: DeclaredData | None) -> dict[str, Any] | None:
    return None if data is None else _converter.unstructure(data)


def data(fields: Mapping[str, Any]) -> DeclaredData:
    return _converter.structure(dict(fields), DeclaredData)


def environment(fields: Mapping[str, Any]) -> Environment:
    return _converter.structure(dict(fields), Environment)


def error(fields: Mapping[str, Any]) -> ProbeError:
    return _converter.structure(dict(fields), ProbeError)


def trace(calls: Sequence[Mapping[str, Any]]) -> tuple[LayerCall, ...]:
    return tuple(_converter.structure(dict(call), LayerCall) for call in calls)


def report(fields: Mapping[str, Any], layers: tuple[LayerCall, ...]) -> Report:
    return _converter.structure({**fields, "layers": layers}, Report)


def rehearsal(fields: Mapping[str, Any], configuration: Configuration, tuner: Span) -> Rehearsal:
    """What a job says of a rehearsal, or of its own end."""
    known = {name: value for name, value in fields.items() if name in Rehearsal.__dataclass_fields__}
    plain = {"configuration": {}, "tuner": {**_converter.unstructure(tuner)}}
    return replace(
        _converter.structure({**known, **plain}, Rehearsal), configuration=configuration, tuner=tuner
    )


def messages() -> cattrs.Converter:
    """A converter for JSON-RPC messages that leaves their parameters and results the dictionaries that they are."""
    converter: cattrs.Converter = default_converter()  # type: ignore[no-untyped-call]
    for kind in (JsonRPCRequestMessage, JsonRPCResponseMessage, JsonRPCNotification):
        converter.register_structure_hook(kind, lambda fields, cls: cls(**fields))
    return converter
