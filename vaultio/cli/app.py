"""The command line: its commands, and what belongs to none of them."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from vaultio.cli.exits import EPILOG
from vaultio.cli.tree import HELP_OPTIONS, Late, late_group

_START, _DAILY, _MANY, _VAULT = "Begin here", "Every day", "Many at once", "The vault itself"
_CLI = "vaultio.cli"

COMMANDS = (
    Late(
        "demo",
        f"{_CLI}.demo:demo_command",
        "See it work: export a whole demo vault, with nothing to set up.",
        _START,
    ),
    Late(
        "login",
        f"{_CLI}.profiles.login:login_command",
        "Keep a vault and its user under a name, and try the login at once.",
        _START,
    ),
    Late(
        "logout",
        f"{_CLI}.profiles.logout:logout_command",
        "Forget a profile, and its secret if the keyring has it.",
        _START,
    ),
    Late(
        "profiles",
        f"{_CLI}.profiles.listing:profiles_command",
        "List the profiles that `vaultio login` has kept.",
        _START,
    ),
    Late(
        "doctor",
        f"{_CLI}.doctor:doctor_command",
        "Look at each step between this machine and the vault, and say what to do.",
        _START,
    ),
    Late(
        "documents",
        f"{_CLI}.documents.commands:documents",
        "List, show, fetch, create, change and delete documents.",
        _DAILY,
    ),
    Late(
        "attachments",
        f"{_CLI}.attachments:attachments",
        "List, fetch and add the attachments of a document or object record.",
        _DAILY,
    ),
    Late("binders", f"{_CLI}.binders:binders", "Look into binders.", _DAILY),
    Late(
        "download",
        f"{_CLI}.downloading:download_command",
        "Download one document's file, check it, and print where it is.",
        _DAILY,
    ),
    Late(
        "query",
        f"{_CLI}.querying:query_command",
        "Ask the vault in VQL and get the rows as they come, page by page.",
        _DAILY,
    ),
    Late(
        "export",
        f"{_CLI}.exporting:export_command",
        "Download many documents: checked, accounted for, and safe to run again.",
        _MANY,
    ),
    Late(
        "import",
        f"{_CLI}.importing:import_command",
        "Bring into a vault what an export brought, or a CSV lists: each thing exactly once.",
        _MANY,
    ),
    Late(
        "copy",
        f"{_CLI}.copying:copy_command",
        "Copy documents from one vault to another, each file checked on both sides.",
        _MANY,
    ),
    Late(
        "bulk",
        f"{_CLI}.bulk:bulk",
        "Create, update or delete what a CSV lists, hundreds of rows a call.",
        _MANY,
    ),
    Late(
        "report",
        f"{_CLI}.reporting:report_command",
        "Show what a job has done: counts, bytes, calls, failures and what to do about them.",
        _MANY,
    ),
    Late(
        "verify",
        f"{_CLI}.reporting:verify_command",
        "Read all files of an export again and hold them against their MD5 in the manifest.",
        _MANY,
    ),
    Late(
        "jobs", f"{_CLI}.vault_jobs:jobs", "Look at jobs of the vault, and wait for them.", _VAULT
    ),
    Late(
        "quota",
        f"{_CLI}.quota:quota_command",
        "See how much of a vault's API quotas is used, and what is left.",
        _VAULT,
    ),
    Late(
        "sandbox",
        f"{_CLI}.serving:sandbox_command",
        "Run a Vault in memory, with demo documents, until Ctrl-C.",
        _VAULT,
    ),
)

app = typer.Typer(
    name="vaultio",
    cls=late_group(COMMANDS),
    help="Get documents out of Veeva Vault, into it, and across: many, whole, checked. "
    "Try `vaultio demo` first.",
    epilog=EPILOG,
    rich_markup_mode="markdown",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they show local variables, and so passwords
    context_settings=HELP_OPTIONS,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"vaultio {version('vaultio')}")
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
    app(prog_name="vaultio")
