"""The command line: its commands, and what belongs to none of them."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed_version
from io import TextIOWrapper
from typing import Annotated

import typer

from vaultio.cli.copying import copy_command
from vaultio.cli.demo import demo_command
from vaultio.cli.downloading import download_command
from vaultio.cli.exporting import export_command
from vaultio.cli.importing import import_command
from vaultio.cli.querying import query_command
from vaultio.cli.quota import quota_command
from vaultio.cli.reporting import report_command, verify_command
from vaultio.cli.running import EPILOG
from vaultio.cli.serving import sandbox_command

app = typer.Typer(
    name="vaultio",
    help="Get documents out of Veeva Vault, into it, and across: many, whole, checked. "
    "Try `vaultio demo` first.",
    epilog=EPILOG,
    rich_markup_mode="markdown",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they show local variables, and so passwords
    context_settings={"help_option_names": ["-h", "--help"]},
)
for name, command in (
    ("demo", demo_command),
    ("export", export_command),
    ("import", import_command),
    ("copy", copy_command),
    ("report", report_command),
    ("verify", verify_command),
    ("download", download_command),
    ("query", query_command),
    ("quota", quota_command),
    ("sandbox", sandbox_command),
):
    app.command(name, epilog=EPILOG)(command)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vaultio {installed_version('vaultio')}")
        raise typer.Exit


@app.callback()
def vaultio(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and leave.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Get documents out of Veeva Vault, into it, and across."""


def run() -> None:
    """Run the command line of this process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a narrow code page ends nothing
    app()
