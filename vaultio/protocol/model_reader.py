"""The function that reads one model, written out once for each class.

Pages hold thousands of values: so what is known of a class is decided when its function is
written, and at run time a value that has the right type already costs one comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import NoneType
from typing import Any, get_args, get_origin

import attrs
from attrs import NOTHING, Attribute, frozen

from vaultio.models.wire import WIRE_NAME

Hook = Callable[[Any, Any], Any]
_PLAIN = frozenset({bool, int, str})
_FACTORY: type = attrs.Factory  # type: ignore[assignment]  # declared as a function
_SPECIAL = frozenset(
    {"__new__", "__attrs_init__", "__attrs_pre_init__", "__attrs_post_init__"}  # own ways to begin
)


@frozen
class Field:
    """One attribute of a model: what Vault calls it, its type, and what stands for its absence.

    `may_be_blank`: an empty text is not its value, but says that there is none.
    """

    name: str
    wire_name: str
    kind: Any
    default: Any
    may_be_blank: bool


def fields_of(kind: type[Any]) -> tuple[Field, ...]:
    """List what a model reads by name, which is all but `fields`."""
    return tuple(
        _field(attribute)
        for attribute in attrs.fields(attrs.resolve_types(kind))
        if attribute.init and attribute.name != "fields"
    )


def write_reader(kind: type[Any], hook_of: Callable[[Any], Hook]) -> Hook:
    """Write the function from a JSON object to *kind*; it raises whatever goes wrong first.

    *hook_of* finds the function that reads a type.
    """
    fields = fields_of(kind)
    names: dict[str, Any] = {"kind": kind, "twin": _twin(kind)}
    for place, field in enumerate(fields):
        names[f"kind_{place}"] = _inner(field)
        names[f"hook_{place}"] = hook_of(_inner(field))
        names[f"default_{place}"] = field.default
    each = list(enumerate(fields))
    source = _SOURCE.format(
        count=len(fields),
        gotten="; ".join(f"v_{place} = value[{field.wire_name!r}]" for place, field in each),
        taken="; ".join(f"v_{place} = take({_key(field)})" for place, field in each),
        made="\n    ".join(_making(kind, fields, plainly=names["twin"] is None)),
    )
    exec(compile(source, f"<reader of {kind.__qualname__}>", "exec"), names)
    read: Hook = names["read"]
    return read


# Where an object holds exactly the attributes, as rows of a query do that was written for a
# class, nothing is left for `fields`; else that is what remains when all attributes are taken out.
_SOURCE = """
def read(value, _):
    if not isinstance(value, dict):
        raise TypeError("an object was expected")
    rest = None
    if len(value) == {count}:
        try:
            {gotten}
            rest = {{}}
        except KeyError:
            pass
    if rest is None:
        rest = value.copy()
        take = rest.pop
        {taken}
    {made}
"""


def _key(field: Field) -> str:
    """Write what an attribute is taken by; one that may be absent then reads as None."""
    return repr(field.wire_name) + ("" if field.default is NOTHING else ", None")


def _reading(place: int, field: Field) -> str:
    """Write what makes a value of the type that is wanted from one of JSON's."""
    value, inner = f"v_{place}", _inner(field)
    read = value if inner is Any else f"hook_{place}({value}, kind_{place})"
    if field.default is not NOTHING:
        absent = f"{value} is None" + (f" or {value} == ''" if field.may_be_blank else "")
        made = ".factory()" if isinstance(field.default, _FACTORY) else ""
        read = f"default_{place}{made} if {absent} else {read}"
    return f"{value} if type({value}) is {inner.__name__} else {read}" if inner in _PLAIN else read


def _making(kind: type[Any], fields: tuple[Field, ...], *, plainly: bool) -> Iterator[str]:
    """Write how the model is made: *plainly* as anybody makes one, or by way of its twin."""
    read = {field.name: _reading(place, field) for place, field in enumerate(fields)}
    if plainly:
        aliases = {one.name: one.alias for one in attrs.fields(kind)}
        given = "".join(f"{aliases[name]}={text}, " for name, text in read.items())
        yield f"return kind({given}fields=rest)"
        return
    yield "new = twin()"
    yield from (f"new.{name} = {text}" for name, text in read.items())
    yield "new.fields = rest"
    yield "new.__class__ = kind"
    yield "return new"


def _twin(kind: type[Any]) -> type[Any] | None:
    """Make a class whose values can be filled in and then become *kind*'s, or None.

    A frozen value is guarded while it is made as well, which takes longer than all the rest of
    reading it. So an unguarded one with the same slots is filled, and then changes its class.
    Only where that comes to the same: nothing but plain assignments happens when one is made.
    """
    slots = {slot for base in kind.__mro__ for slot in base.__dict__.get("__slots__", ())}
    attributes = attrs.fields(kind)
    if (
        not _SPECIAL.isdisjoint(name for base in kind.__mro__[:-1] for name in vars(base))
        or any(one.validator or one.converter or not one.init for one in attributes)
        or slots - {"__weakref__"} != {one.name for one in attributes}
        or len(kind.__bases__) != 1
        or "__slots__" not in vars(kind)
    ):
        return None
    own = tuple(slot for slot in kind.__dict__["__slots__"] if slot != "__weakref__")
    unguarded = {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    twin = type(kind.__name__, kind.__bases__, {"__slots__": own, **unguarded})
    try:
        twin().__class__ = kind
    except TypeError:  # another interpreter than CPython may lay them out differently
        return None
    return twin


def _field(attribute: Attribute[Any]) -> Field:
    kind, optional = attribute.type, attribute.default is not NOTHING
    is_text = not {str, Any}.isdisjoint(get_args(kind) or (kind,))
    return Field(
        attribute.name,
        attribute.metadata.get(WIRE_NAME, attribute.name),
        kind,
        attribute.default,
        optional and (get_origin(kind) is tuple or not is_text),
    )


def _inner(field: Field) -> Any:
    """Take None out of a type where the default stands for it already."""
    rest = [one for one in get_args(field.kind) if one is not NoneType]
    known = field.default is not NOTHING and NoneType in get_args(field.kind)
    return rest[0] if known and len(rest) == 1 else field.kind
