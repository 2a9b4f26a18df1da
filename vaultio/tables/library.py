"""The library behind the tables, imported when it is needed."""

from __future__ import annotations

from typing import Any


def pyarrow() -> Any:
    """Import pyarrow with its `compute` module, or say what to install."""
    try:
        import pyarrow
        import pyarrow.compute
    except ImportError as error:
        raise ImportError('tables need more of vaultio: pip install "vaultio[arrow]"') from error
    return pyarrow
