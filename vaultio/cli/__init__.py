"""The command ``vaultio``. Importing this needs nothing beyond vaultio itself."""

from __future__ import annotations

import sys

_LIBRARIES = frozenset({"rich", "typer"})
_ADVICE = 'vaultio\'s commands need the cli extra: pip install "vaultio[cli]"'


def main() -> None:
    """Run the command line, or say in one line what is missing for it (exit 2)."""
    try:
        import rich  # noqa: F401 - only to know that it is there: the commands import it late

        import vaultio.cli.app as commands
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _LIBRARIES:
            raise
        print(_ADVICE, file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    commands.run()
