"""The one converter from Vault's JSON to values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache
from itertools import islice
from typing import Any, TypeVar, get_args

import attrs
from cattrs import Converter
from cattrs.errors import BaseValidationError, ClassValidationError, IterableValidationError
from cattrs.gen import make_dict_structure_fn, override

from vaultio.errors import UnreadableReplyError
from vaultio.models.version_number import VersionNumber
from vaultio.models.wire import WIRE_NAME, Model
from vaultio.protocol.decoding import shown
from vaultio.protocol.model_reader import fields_of, write_reader

T = TypeVar("T")
_WRONG = (AttributeError, KeyError, TypeError, ValueError, RecursionError)
_MOST_REASONS = 5
_DIGITS = re.compile(r"-?\d{1,19}", re.ASCII)


def structure(value: object, kind: type[T], *, where: str) -> T:
    """Read *value* as *kind*, or raise an `UnreadableReplyError` that names the field's path.

    *where* says what the value is, for the message.
    """
    try:
        return _fast().structure(value, kind)
    except _WRONG as error:
        raise _explained(error, value, kind, where) from error


def structure_all(values: Sequence[Any], kind: type[T], *, where: str) -> tuple[T, ...]:
    """Read each of *values* as *kind*, in their order; errors name the place from 0 on."""
    read: Callable[[Any, Any], T] = _fast().get_structure_hook(kind)
    try:
        return tuple([read(value, kind) for value in values])
    except _WRONG:
        each = enumerate(values)
        return tuple([structure(value, kind, where=f"{where}[{place}]") for place, value in each])


def _explained(
    error: Exception, value: object, kind: type[Any], where: str
) -> UnreadableReplyError:
    """Read again with a converter that keeps count of where it is, and say what it finds."""
    try:
        _detailed().structure(value, kind)
    except (BaseValidationError, *_WRONG) as found:
        error = found
    reasons = "; ".join(islice(_reasons(error, where), _MOST_REASONS))
    return UnreadableReplyError(f"the answer cannot be read: {reasons}")


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


def _explaining_reader(kind: type[Any], converter: Converter) -> Callable[[Any, Any], Any]:
    """Make the function that reads one model and says all that is wrong with it."""
    fields = fields_of(kind)
    renamed = {field.name: override(rename=field.wire_name) for field in fields}
    overrides: dict[str, Any] = {"fields": override(omit=True), **renamed}
    read = make_dict_structure_fn(kind, converter, _cattrs_detailed_validation=True, **overrides)
    absent: dict[str, tuple[Any, ...]] = {
        field.wire_name: (None, "") if field.may_be_blank else (None,)
        for field in fields
        if field.default is not attrs.NOTHING
    }

    def read_model(value: Any, _: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError(f"an object was expected, not {shown(value)}")
        return read({k: v for k, v in value.items() if v not in absent.get(k, ())}, kind)

    return read_model


def _read_bool(value: Any, _: Any) -> bool:
    """Vault writes some booleans as text (``executable__v`` of documents)."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise ValueError(f"true or false was expected, not {shown(value)}")


def _read_int(value: Any, _: Any) -> int:
    """Vault writes some ids as text (attachments that were just added)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    raise ValueError(f"a whole number was expected, not {shown(value)}")


def _read_str(value: Any, _: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"a text was expected, not {shown(value)}")


def _read_datetime(value: Any, _: Any) -> datetime:
    """Times come in UTC; one without a zone is taken as UTC."""
    try:
        read = datetime.fromisoformat(value)
        if read.tzinfo is UTC:
            return read
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"a time was expected, not {shown(value)}") from error


def _read_date(value: Any, _: Any) -> date:
    """Some dates come with a time, which is midnight."""
    return _read_datetime(value, datetime).date()


def _read_id(value: Any, _: Any) -> int | str:
    """Job ids are numbers here and texts there; each stays what it is."""
    if isinstance(value, int | str) and not isinstance(value, bool):
        return value
    raise ValueError(f"an id was expected, not {shown(value)}")


def _read_version_number(value: Any, _: Any) -> VersionNumber:
    # A number would do for 1.1, but not for 1.10.
    if not isinstance(value, str):
        raise TypeError(f"a document version was expected, not {shown(value)}")
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
            raise TypeError(f"a list was expected, not {shown(value)}")
        return tuple(converter.structure(value, as_list))

    return read_tuple


@cache
def _fast() -> Converter:
    """Make the converter that stops at the first thing that is wrong."""
    converter = Converter(detailed_validation=False)

    def hook_of(kind: Any) -> Callable[[Any, Any], Any]:
        # A model may hold values of its own kind, whose reader is not written yet.
        return converter.structure if _is_model(kind) else converter.get_structure_hook(kind)

    converter.register_structure_hook_factory(_is_model, lambda kind: write_reader(kind, hook_of))
    return _with_hooks(converter)


@cache
def _detailed() -> Converter:
    """Make the converter that finds all that is wrong, and where, which costs time a value."""
    converter = Converter(detailed_validation=True)
    converter.register_structure_hook_factory(
        _is_model, lambda kind: _explaining_reader(kind, converter)
    )
    return _with_hooks(converter)


def _with_hooks(converter: Converter) -> Converter:
    """Teach a converter how Vault writes lists, numbers, times and the like."""
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


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Model)
