"""The one converter from Vault's JSON to values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, TypeVar, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import BaseValidationError, ClassValidationError, IterableValidationError
from cattrs.gen import make_dict_structure_fn, override

from vaultio.errors import UnreadableReplyError
from vaultio.models.version_number import VersionNumber
from vaultio.models.wire import WIRE_NAME, Model

T = TypeVar("T")
_MOST_REASONS = 5
_DIGITS = re.compile(r"-?\d{1,19}", re.ASCII)


def structure(value: object, kind: type[T], *, where: str) -> T:
    """Read *value* as *kind*, or raise an `UnreadableReplyError` that names the field's path.

    *where* says what the value is, for the message.
    """
    try:
        return _FAST.structure(value, kind)
    except (AttributeError, KeyError, TypeError, ValueError):
        return _explain(value, kind, where)


def _explain(value: object, kind: type[T], where: str) -> T:
    """Read again with a converter that keeps count of where it is."""
    try:
        return _DETAILED.structure(value, kind)
    except (BaseValidationError, AttributeError, KeyError, TypeError, ValueError) as error:
        reasons = "; ".join(islice(_reasons(error, where), _MOST_REASONS))
        raise UnreadableReplyError(f"the answer cannot be read: {reasons}") from error


def _reasons(error: BaseException, where: str) -> Iterator[str]:
    """Go down to what went wrong, and name each place as Vault does."""
    pairs: list[tuple[Exception, str]] = []
    if isinstance(error, ClassValidationError):
        names = attrs.fields_dict(error.cl)
        told, untold = error.group_exceptions()
        for one, note in told:
            wire_name = names[note.name].metadata.get(WIRE_NAME, note.name)
            pairs.append((one, f"{where}.{wire_name}"))
    elif isinstance(error, IterableValidationError):
        items, untold = error.group_exceptions()
        pairs = [(one, f"{where}[{note.index!r}]") for one, note in items]
    else:
        yield f"{where}: {'missing' if isinstance(error, KeyError) else error}"
        return
    for one, place in [*pairs, *((one, where) for one in untold)]:
        yield from _reasons(one, place)


def _model_hook(kind: type[Any], converter: Converter) -> Callable[[Any, Any], Any]:
    """Make the function that reads one model: wire names in, unknown keys kept in `fields`."""
    names = {
        attribute.name: attribute.metadata.get(WIRE_NAME, attribute.name)
        for attribute in attrs.fields(kind)
        if attribute.name != "fields"
    }
    known = frozenset(names.values())
    overrides: dict[str, Any] = {
        "fields": override(omit=True),
        **{name: override(rename=wire_name) for name, wire_name in names.items()},
    }
    read = make_dict_structure_fn(
        kind, converter, _cattrs_detailed_validation=converter.detailed_validation, **overrides
    )
    defaults = {
        names[attribute.name]
        for attribute in attrs.fields(kind)
        if attribute.name != "fields" and attribute.default is not attrs.NOTHING
    }

    blanks = {names[one.name] for one in attrs.fields(attrs.resolve_types(kind)) if _no_text(one)}

    def read_model(value: Any, _: Any) -> Any:
        if not isinstance(value, Mapping):
            raise TypeError(f"an object was expected, not {_shown(value)}")
        # Vault writes some empty values as null, or as empty texts even where no text belongs;
        # for what may be left out, both mean the same.
        there = {
            k: v
            for k, v in value.items()
            if k not in defaults or not (v is None or (v == "" and k in blanks))
        }
        model = read(there, kind)
        extra = {key: item for key, item in value.items() if key not in known}
        return attrs.evolve(model, fields=extra) if extra else model

    return read_model


def _no_text(attribute: attrs.Attribute[Any]) -> bool:
    """Whether an attribute may be left out and an empty text cannot be its value."""
    if attribute.name == "fields" or attribute.default is attrs.NOTHING:
        return False
    kind = attribute.type
    return get_origin(kind) is tuple or {str, Any}.isdisjoint(get_args(kind) or (kind,))


def _read_bool(value: Any, _: Any) -> bool:
    """Vault writes some booleans as text (``executable__v`` of documents)."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise ValueError(f"true or false was expected, not {_shown(value)}")


def _read_int(value: Any, _: Any) -> int:
    """Vault writes some ids as text (attachments that were just added)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    raise ValueError(f"a whole number was expected, not {_shown(value)}")


def _read_str(value: Any, _: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"a text was expected, not {_shown(value)}")


def _read_datetime(value: Any, _: Any) -> datetime:
    """Times come in UTC; one without a zone is taken as UTC."""
    try:
        read = datetime.fromisoformat(value)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"a time was expected, not {_shown(value)}") from error


def _read_date(value: Any, _: Any) -> date:
    """Some dates come with a time, which is midnight."""
    return _read_datetime(value, datetime).date()


def _read_id(value: Any, _: Any) -> int | str:
    """Job ids are numbers here and texts there; each stays what it is."""
    if isinstance(value, int | str) and not isinstance(value, bool):
        return value
    raise ValueError(f"an id was expected, not {_shown(value)}")


def _read_version_number(value: Any, _: Any) -> VersionNumber:
    # A number would do for 1.1, but not for 1.10.
    if not isinstance(value, str):
        raise TypeError(f"a document version was expected, not {_shown(value)}")
    return VersionNumber.parse(value)


def _tuple_hook(kind: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    """Make the function that reads a list; a single text is taken as a list of one.

    cattrs itself goes through whatever can be gone through: letters of a text, keys of an object.
    """
    of = get_args(kind)[0]
    as_list = list[of]  # type: ignore[valid-type]  # known at run time only

    def read_tuple(value: Any, _: Any) -> Any:
        if isinstance(value, str) and of is str:
            return (value,)
        if not isinstance(value, list):
            raise TypeError(f"a list was expected, not {_shown(value)}")
        return tuple(converter.structure(value, as_list))

    return read_tuple


def _shown(value: Any) -> str:
    """Show a value in a message, not all of it."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _converter(*, detailed: bool) -> Converter:
    converter = Converter(detailed_validation=detailed)
    converter.register_structure_hook_factory(
        lambda kind: isinstance(kind, type) and issubclass(kind, Model),
        lambda kind: _model_hook(kind, converter),
    )
    converter.register_structure_hook_factory(
        lambda kind: getattr(kind, "__origin__", None) is tuple and get_args(kind)[1:] == (...,),
        lambda kind: _tuple_hook(kind, converter),
    )
    for kind, read in (
        (bool, _read_bool),
        (int, _read_int),
        (str, _read_str),
        (datetime, _read_datetime),
        (date, _read_date),
        (int | str, _read_id),
        (VersionNumber, _read_version_number),
    ):
        converter.register_structure_hook(kind, read)
    return converter


# Explaining an error costs time on every value, so only a second pass does it.
_FAST = _converter(detailed=False)
_DETAILED = _converter(detailed=True)
