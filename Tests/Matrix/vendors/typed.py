"""Holds a JSON value against a vendor's published types: unknown members are refused.

Three kinds of description are understood: the SDKs' TypedDicts (openai, anthropic), their pydantic
models (google-genai), and botocore's shapes.
"""

from __future__ import annotations

import base64
import binascii
import collections.abc
import enum
import functools
import re
import types
import typing

import pydantic
import typing_extensions
from botocore import model as boto

Problems = list[str]

_WRAPPERS = (typing_extensions.Required, typing_extensions.NotRequired,
             typing_extensions.ReadOnly, typing.Annotated)
_NONE = type(None)


def check(value: object, hint: object, path: str = "") -> Problems:
    """What is wrong with `value` as a `hint`, each with its path; empty when nothing is."""
    hint = _bare(hint)
    if hint in (typing.Any, object):
        return []
    if hint is None or hint is _NONE:
        return [] if value is None else [f"{path}: must be null"]
    origin = typing.get_origin(hint)
    if _is_union(hint):
        return _check_union(value, hint, path)
    if origin in (typing.Literal, typing_extensions.Literal):
        return [] if value in typing.get_args(hint) else [f"{path}: {value!r} is no {_short(hint)}"]
    if typing_extensions.is_typeddict(hint):
        return _check_members(value, path, *_typed_members(hint))
    if isinstance(hint, type) and issubclass(hint, pydantic.BaseModel):
        return _check_members(value, path, _model_members(hint), frozenset())
    if origin is dict or hint is dict:
        return _check_mapping(value, hint, path)
    if _is_sequence(origin or hint):
        return _check_list(value, typing.get_args(hint), path)
    return _check_scalar(value, hint, path)


def _bare(hint: object) -> object:
    while typing.get_origin(hint) in _WRAPPERS:
        hint = typing.get_args(hint)[0]
    return hint


def _short(hint: object) -> str:
    return re.sub(r"\b(\w+\.)+", "", str(hint))[:120]


@functools.cache
def _typed_members(hint: type) -> tuple[dict[str, object], frozenset[str]]:
    hints = typing_extensions.get_type_hints(hint, include_extras=True)
    # `__required_keys__` is empty where annotations are strings, as they are in the SDKs.
    required = {name for name, member in hints.items()
                if typing.get_origin(member) is typing_extensions.Required
                or (hint.__total__ and typing.get_origin(member)
                    is not typing_extensions.NotRequired)}
    return hints, frozenset(required)


@functools.cache
def _model_members(hint: type[pydantic.BaseModel]) -> dict[str, object]:
    return {field.alias or name: field.annotation for name, field in hint.model_fields.items()}


def _check_members(value: object, path: str, members: dict[str, object],
                   required: frozenset[str]) -> Problems:
    if not isinstance(value, dict):
        return [f"{path}: must be an object, not {value!r:.40}"]
    problems = [f"{path}.{name}: missing" for name in sorted(required - value.keys())]
    for name, member in value.items():
        if name not in members:
            problems.append(f"{path}.{name}: unknown member")
        else:
            problems += check(member, members[name], f"{path}.{name}")
    return problems


def _check_union(value: object, hint: object, path: str) -> Problems:
    best: Problems | None = None
    for option in _options(hint, value):
        problems = check(value, option, path)
        if not problems:
            return []
        if best is None or len(problems) < len(best):
            best = problems
    if best is None:
        tag = value.get("type", value.get("role")) if isinstance(value, dict) else value
        return [f"{path}: no variant takes {tag!r:.60}"]
    return best


def _options(hint: object, value: object) -> list[object]:
    """The variants worth trying; a member with one allowed word (`type`, `role`) decides."""
    options = [_bare(option) for option in typing.get_args(hint)]
    if isinstance(value, dict):
        return [option for option in options if not _contradicts(option, value)]
    if isinstance(value, list):
        return [option for option in options
                if _is_sequence(typing.get_origin(option)) or _is_union(option)]
    return options


def _is_union(hint: object) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def _contradicts(option: object, value: dict) -> bool:
    if isinstance(option, type) and issubclass(option, pydantic.BaseModel):
        # The SDKs take their reply models as input too; on the wire these are other variants.
        return option.__module__.startswith(("anthropic", "openai"))
    if not typing_extensions.is_typeddict(option):
        return False
    members, _ = _typed_members(option)
    for name in ("type", "role"):
        word = _bare(members.get(name))
        if typing.get_origin(word) in (typing.Literal, typing_extensions.Literal):
            if name in value and value[name] not in typing.get_args(word):
                return True
    return False


def _is_sequence(origin: object) -> bool:
    if origin in (list, collections.abc.Iterable, collections.abc.Sequence, tuple):
        return True
    return getattr(origin, "__name__", "") == "SequenceNotStr"


def _check_list(value: object, arguments: tuple, path: str) -> Problems:
    if not isinstance(value, list):
        return [f"{path}: must be an array, not {value!r:.40}"]
    item_hint = arguments[0] if arguments else typing.Any
    return [problem for index, item in enumerate(value)
            for problem in check(item, item_hint, f"{path}[{index}]")]


def _check_mapping(value: object, hint: object, path: str) -> Problems:
    if not isinstance(value, dict):
        return [f"{path}: must be an object, not {value!r:.40}"]
    arguments = typing.get_args(hint) or (str, typing.Any)
    return [problem for name, member in value.items()
            for problem in check(member, arguments[1], f"{path}.{name}")]


def _check_scalar(value: object, hint: object, path: str) -> Problems:
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        words = [member.value for member in hint]
        return [] if value in words else [f"{path}: {value!r} is no {hint.__name__}"]
    if hint is bool:
        is_right = isinstance(value, bool)
    elif hint is int:
        is_right = isinstance(value, int) and not isinstance(value, bool)
    elif hint is float:
        is_right = isinstance(value, (int, float)) and not isinstance(value, bool)
    elif hint is bytes:
        return [] if is_base64(value) else [f"{path}: must be base64"]
    elif isinstance(hint, typing.TypeVar) or typing.get_origin(hint) is not None:
        return [f"{path}: no JSON can be {_short(hint)}"]
    elif hint is str or getattr(hint, "__module__", "") == "datetime":
        is_right = isinstance(value, str)
    else:
        # What only a program can hand over (files, paths): never on the wire.
        is_right = False
    return [] if is_right else [f"{path}: {value!r:.40} is no {_short(hint)}"]


def is_base64(value: object) -> bool:
    """Standard base64 with its padding; what every vendor here takes."""
    if not isinstance(value, str):
        return False
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def check_shape(value: object, shape: boto.Shape, path: str = "") -> Problems:
    """The same for a shape of botocore's service description, limits and patterns included."""
    if shape.type_name == "structure":
        return _check_structure(value, shape, path)
    if shape.type_name == "list":
        if not isinstance(value, list):
            return [f"{path}: must be an array"]
        return _check_length(value, shape, path) + [
            problem for index, item in enumerate(value)
            for problem in check_shape(item, shape.member, f"{path}[{index}]")]
    if shape.type_name == "map":
        if not isinstance(value, dict):
            return [f"{path}: must be an object"]
        return [problem for name, member in value.items()
                for problem in check_shape(member, shape.value, f"{path}.{name}")]
    return _check_leaf(value, shape, path)


def _check_structure(value: object, shape: boto.StructureShape, path: str) -> Problems:
    if getattr(shape, "is_document_type", False):
        return []
    if not isinstance(value, dict):
        return [f"{path}: must be an object, not {value!r:.40}"]
    problems = [f"{path}.{name}: missing" for name in shape.required_members if name not in value]
    if getattr(shape, "is_tagged_union", False) and len(value) != 1:
        problems.append(f"{path}: must have exactly one member, has {sorted(value)}")
    for name, member in value.items():
        if name not in shape.members:
            problems.append(f"{path}.{name}: unknown member")
        else:
            problems += check_shape(member, shape.members[name], f"{path}.{name}")
    return problems


def _check_leaf(value: object, shape: boto.Shape, path: str) -> Problems:
    if shape.type_name in ("integer", "long"):
        is_right = isinstance(value, int) and not isinstance(value, bool)
    elif shape.type_name in ("float", "double"):
        is_right = isinstance(value, (int, float)) and not isinstance(value, bool)
    elif shape.type_name == "boolean":
        is_right = isinstance(value, bool)
    elif shape.type_name == "blob":
        return [] if is_base64(value) and value else [f"{path}: must be base64"]
    else:
        is_right = isinstance(value, str)
    if not is_right:
        return [f"{path}: {value!r:.40} is no {shape.type_name}"]
    if shape.type_name == "string":
        if getattr(shape, "enum", None) and value not in shape.enum:
            return [f"{path}: {value!r} is none of {shape.enum}"]
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(pattern, value):
            return [f"{path}: {value!r} does not match {pattern}"]
        return _check_length(value, shape, path)
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and value < least) or (most is not None and value > most):
        return [f"{path}: {value} is not within {least}…{most}"]
    return []


def _check_length(value: typing.Sized, shape: boto.Shape, path: str) -> Problems:
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max")
    if len(value) < least or (most is not None and len(value) > most):
        return [f"{path}: length {len(value)} is not within {least}…{most}"]
    return []
