"""From a method and a path to the operation that serves it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

from attrs import define, field, frozen

from vaultio.sandbox.failures import RefusedError, not_found
from vaultio.sandbox.versions import Version, parse
from vaultio.sandbox.wire import SandboxReply

if TYPE_CHECKING:
    from vaultio.sandbox.call import Call

JSON: TypeAlias = dict[str, Any]
Answer: TypeAlias = JSON | SandboxReply
Operation: TypeAlias = Callable[["Call"], Awaitable[Answer]]

_PARAMETER = re.compile(r"\{(\w+)\}")


@frozen
class Route:
    """One operation: its method, its path below ``/api/{version}``, and when it came."""

    method: str
    path: str
    operation: Operation
    since: Version


class Routes:
    """The operations of one room."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def __iter__(self) -> Iterator[Route]:
        return iter(self.routes)

    def add(self, method: str, path: str, operation: Operation, since: str = "v7.0") -> None:
        """Serve *method* *path* by *operation*; below version *since* it is not supported."""
        self.routes.append(Route(method, path, operation, parse(since)))

    def on(self, method: str, path: str, since: str = "v7.0") -> Callable[[Operation], Operation]:
        """Decorate an operation with what it serves; may be stacked for a second path."""

        def register(operation: Operation) -> Operation:
            self.add(method, path, operation, since)
            return operation

        return register


@define
class _Node:
    literals: dict[str, _Node] = field(factory=dict)
    patterns: dict[str, tuple[re.Pattern[str], _Node]] = field(factory=dict)
    routes: dict[str, Route] = field(factory=dict)

    def child(self, segment: str) -> _Node:
        """Return the node below, made if need be."""
        if "{" not in segment:
            return self.literals.setdefault(segment, _Node())
        if segment not in self.patterns:
            parts = _PARAMETER.split(segment)
            # Odd places are names, even ones the text between: "{role}.user" has both.
            source = "".join(
                f"(?P<{part}>.+)" if place % 2 else re.escape(part)
                for place, part in enumerate(parts)
            )
            self.patterns[segment] = (re.compile(source, re.DOTALL), _Node())
        return self.patterns[segment][1]


class Router:
    """All routes as a tree: a literal word wins over an id at the same place."""

    def __init__(self) -> None:
        self._root = _Node()

    def include(self, routes: Routes) -> None:
        """Add the operations of a room."""
        for route in routes:
            node = self._root
            for segment in route.path.strip("/").split("/"):
                node = node.child(segment)
            if route.method in node.routes:
                raise ValueError(f"{route.method} {route.path} is served twice")
            node.routes[route.method] = route

    def find(self, method: str, raw_path: str, version: Version) -> tuple[Route, dict[str, str]]:
        """Return the route of a path below ``/api/{version}`` with its ids, or refuse."""
        segments = [unquote(segment) for segment in raw_path.split("/")]
        found = next(self._match(self._root, segments, {}), None)
        if found is None:
            raise not_found(unquote(raw_path))
        node, ids = found
        route = node.routes.get(method)
        if route is None or version < route.since:
            raise RefusedError("METHOD_NOT_SUPPORTED", f"Request method '{method}' not supported")
        return route, ids

    def _match(
        self, node: _Node, segments: list[str], ids: dict[str, str]
    ) -> Iterator[tuple[_Node, dict[str, str]]]:
        if not segments:
            if node.routes:
                yield node, ids
            return
        first, rest = segments[0], segments[1:]
        if first in node.literals:
            yield from self._match(node.literals[first], rest, ids)
        # The pattern with more text of its own is the more special one.
        by_text = sorted(node.patterns.values(), key=lambda pair: -len(pair[0].pattern))
        for pattern, child in by_text:
            match = pattern.fullmatch(first)
            if match is not None:
                yield from self._match(child, rest, ids | match.groupdict())
