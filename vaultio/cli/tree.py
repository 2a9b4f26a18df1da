"""The tree of commands: what a command's help needs is here, its code is imported when it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import typer
import typer.main
from attrs import frozen
from typer.core import TyperCommand, TyperGroup

from vaultio.cli.exits import EPILOG

HELP_OPTIONS = {"help_option_names": ["-h", "--help"]}


@frozen
class Late:
    """A command by its name, where its code is (``module:name``), and its help in one line."""

    name: str
    home: str
    help: str
    panel: str


def late_group(entries: Sequence[Late]) -> type[TyperGroup]:
    """Make a class of groups that know these commands by their helps, until one of them runs."""

    class LateGroup(TyperGroup):
        """A group whose commands are imported one by one."""

        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            self._late = {one.name: one for one in entries}
            for one in entries:
                self.add_command(
                    TyperCommand(name=one.name, help=one.help, rich_help_panel=one.panel)
                )

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            """Find the command that is called, and import it."""
            if args:
                self.loaded(args[0])
            return super().resolve_command(ctx, args)

        def loaded(self, name: str) -> Any:
            """Return a command with all its options; None if there is none of that name."""
            if (entry := self._late.pop(name, None)) is not None:
                module, _, attribute = entry.home.partition(":")
                made = _made(entry, getattr(import_module(module), attribute))
                made.rich_help_panel = entry.panel
                self.add_command(made, name)
            return self.commands.get(name)

    return LateGroup


def group(help_text: str, **commands: Callable[..., None]) -> typer.Typer:
    """Make a command of commands, such as ``documents``; a name's trailing ``_`` falls off."""
    made = _typer()
    made.callback(help=help_text, epilog=EPILOG)(lambda: None)
    for name, command in commands.items():
        made.command(name.rstrip("_"), epilog=EPILOG)(command)
    return made


def _made(entry: Late, thing: Any) -> Any:
    """Make typer's command out of a function or a group."""
    if isinstance(thing, typer.Typer):
        command = typer.main.get_command(thing)
        command.name = entry.name
        return command
    alone = _typer()
    alone.command(entry.name, epilog=EPILOG)(thing)
    return typer.main.get_command(alone)


def _typer() -> typer.Typer:
    return typer.Typer(
        rich_markup_mode="markdown",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings=HELP_OPTIONS,
    )
