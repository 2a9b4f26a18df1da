"""Options that come in groups: several commands have the same, and some have a group twice."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, get_type_hints

import attrs


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Make a command of typer's out of one whose parameters may be attrs classes of options.

    Each such parameter is replaced by the options of its class, in their order, and gets them as
    one value.
    """
    hints = get_type_hints(command, include_extras=True)
    parameters = inspect.signature(command).parameters
    groups = {name: hints[name] for name in parameters if attrs.has(hints[name])}
    single = [one.replace(annotation=hints[name]) for name, one in parameters.items()]
    options = [each for one in single for each in _options(one)]

    @wraps(command)
    def called(**values: Any) -> None:
        gathered = {
            name: group(**{one.name: values.pop(one.name) for one in attrs.fields(group)})
            for name, group in groups.items()
        }
        command(**values, **gathered)

    keyword = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in options]
    called.__signature__ = inspect.Signature(keyword)  # type: ignore[attr-defined] # typer asks it
    called.__annotations__ = {one.name: one.annotation for one in keyword}
    return called


def _options(parameter: inspect.Parameter) -> Iterator[inspect.Parameter]:
    group = parameter.annotation
    if not attrs.has(group):
        yield parameter
        return
    hints = get_type_hints(group, include_extras=True)
    for one in attrs.fields(group):
        default = inspect.Parameter.empty if one.default is attrs.NOTHING else one.default
        yield parameter.replace(name=one.name, annotation=hints[one.name], default=default)
