"""Rows of Vault's as Arrow tables, with honest types; needs ``vaultio[arrow]``.

pyarrow is imported when the first table is made.
"""

from vaultio.tables.builder import TableBuilder, table_of
from vaultio.tables.library import pyarrow

__all__ = ["TableBuilder", "pyarrow", "table_of"]
