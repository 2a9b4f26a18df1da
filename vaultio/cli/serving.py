"""``vaultio sandbox``."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer

from vaultio.cli.connection import Debug, Quiet
from vaultio.cli.console import for_data, for_people, say
from vaultio.cli.exits import DONE
from vaultio.cli.running import UsageError, execute

DEMO_USER, DEMO_PASSWORD = "ana@example.com", "secret"

Port = Annotated[
    int, typer.Option(min=0, max=65535, help="The port on 127.0.0.1; 0 takes any free one.")
]
Documents = Annotated[
    int | None,
    typer.Option(min=0, help="So many documents of 20 KB, not the demo's; 0: none to import into."),
]
Large = Annotated[int, typer.Option(min=0, help="With --documents: so many more of 20 MB.")]
Faults = Annotated[
    list[str] | None,
    typer.Option(
        "--fault", help="What goes wrong: 'lost_answer; method=POST; share=0.05'. Repeatable."
    ),
]


def sandbox_command(
    port: Port = 8000,
    documents: Documents = None,
    large: Large = 0,
    fault: Faults = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Run a Vault in memory, with demo documents, until Ctrl-C.

    It speaks Vault's REST API at the address it prints, forgets everything at its end, and can
    be reached from this machine alone.

    Example: `vaultio sandbox --port 8000`
    """
    execute(lambda: _serve(port, quiet, _sandbox(documents, large, fault or [])), debug=debug)


def _sandbox(documents: int | None, large: int, faults: list[str]) -> Any:
    """Make what is to be served."""
    sandbox = demo_sandbox()
    from vaultio.sandbox import Archive, Sandbox
    from vaultio.sandbox.faults import from_header

    if documents is not None:
        rich, binders = documents // 1_000 + 1, documents // 100
        archive = Archive(small=documents, large=large, rich=rich, binders=binders)
        sandbox = Sandbox.archive(archive)
    try:
        for text in faults:
            sandbox.faults.add(from_header(text))
    except (ValueError, TypeError) as error:
        raise UsageError(f"--fault: {error}") from error
    return sandbox


async def _serve(port: int, quiet: bool, sandbox: Any) -> int:
    try:
        async with sandbox.serve(port) as url:
            for_data().print(url, soft_wrap=True)
            if not quiet:
                people = for_people()
                say(f"User {DEMO_USER}, password {DEMO_PASSWORD}; Ctrl-C ends it.", to=people)
                say(
                    "Open the address in a browser to see what happens. In another terminal:",
                    to=people,
                )
                say(f"  export VAULTIO_URL={url} VAULTIO_USER={DEMO_USER}", to=people)
                say(f"  export VAULTIO_PASSWORD={DEMO_PASSWORD}", to=people)
                say('  vaultio query "SELECT id, name__v FROM documents"', to=people)
            await asyncio.Event().wait()
    except OSError as error:
        raise UsageError(
            f"port {port} cannot be used ({error.strerror})", "choose another --port"
        ) from error
    return DONE


def demo_sandbox() -> Any:
    """Make a sandbox with demo documents, or say which extra is missing for it."""
    try:
        from vaultio.sandbox import Sandbox, asgi  # noqa: F401 - asgi: only to know it is there
    except ImportError as error:
        raise UsageError(
            "this needs the sandbox extra", 'pip install "vaultio[sandbox]"'
        ) from error
    return Sandbox.demo()
