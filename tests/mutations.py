"""The changes that `tests.mutants` makes to a module, one at a time."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from attrs import frozen

_SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
}  # fmt: skip
_OTHER_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@frozen
class Mutant:
    """A *module* whose *source* has one change; *line* and *change* say which."""

    module: str
    line: int
    change: str
    source: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.change}"


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Yield each change that can be made to *module*, in the order of its text."""
    tree = ast.parse(source)
    nodes = list(_code(tree))
    for number, node in enumerate(nodes):
        for choice in range(len(_changes(node))):
            changed = copy.deepcopy(tree)
            target = list(_code(changed))[number]
            before = _shown(target)
            _changes(target)[choice]()
            after = _shown(target)
            yield Mutant(module, _line(node), f"{before}  ->  {after}", ast.unparse(changed))


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what is run: no annotations, docstrings, decorators, imports or texts of messages."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params", "bases"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr):
                continue
            if not isinstance(node, ast.Raise):
                yield child
                yield from _code(child)


def _changes(node: ast.AST) -> list[Change]:
    """List what can be done to one node; each of them changes it in place."""
    found: list[Change] = []
    if isinstance(node, ast.Compare):
        found += [_Swap(node, "ops", at) for at, op in enumerate(node.ops) if type(op) in _SWAPPED]
    elif isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp):
        found += [_Swap(node, "op", None)] if type(node.op) in _SWAPPED else []
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        found.append(_Constant(node))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        found += [_Rename(node.func)] if node.func.id in _OTHER_NAMES else []
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not _swaps(node.test):
        found.append(_Negate(node))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        found.append(_DropSign(node))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Await):
        found.append(_DropStep(node))
    return found


def _swaps(test: ast.expr) -> bool:
    """Whether a condition is turned around by what is done to itself."""
    return isinstance(test, ast.Compare | ast.UnaryOp)


class Change:
    """Something that is done to a node when it is called."""

    def __call__(self) -> None:
        """Do it."""
        raise NotImplementedError


@frozen
class _Swap(Change):
    node: ast.AST
    field: str
    at: int | None

    def __call__(self) -> None:
        held = getattr(self.node, self.field)
        if self.at is None:
            setattr(self.node, self.field, _SWAPPED[type(held)]())
        else:
            held[self.at] = _SWAPPED[type(held[self.at])]()


@frozen
class _Constant(Change):
    node: ast.Constant

    def __call__(self) -> None:
        value = self.node.value
        if isinstance(value, bool):
            self.node.value = not value
        elif isinstance(value, int | float):
            self.node.value = value + 1


@frozen
class _Rename(Change):
    name: ast.Name

    def __call__(self) -> None:
        self.name.id = _OTHER_NAMES[self.name.id]


@frozen
class _Negate(Change):
    node: ast.If | ast.IfExp | ast.While

    def __call__(self) -> None:
        self.node.test = ast.UnaryOp(ast.Not(), self.node.test)


@frozen
class _DropSign(Change):
    node: ast.UnaryOp

    def __call__(self) -> None:
        self.node.op = ast.UAdd() if isinstance(self.node.op, ast.USub) else ast.Not()
        if isinstance(self.node.op, ast.Not):
            self.node.operand = ast.UnaryOp(ast.Not(), self.node.operand)


@frozen
class _DropStep(Change):
    node: ast.Expr

    def __call__(self) -> None:
        self.node.value = ast.Constant(None)


def _shown(node: ast.AST) -> str:
    """Show the first line of a piece of code."""
    return ast.unparse(node).partition("\n")[0][:100]


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)
