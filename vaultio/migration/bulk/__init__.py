"""A CSV of rows that are created, updated or deleted: hundreds a call, each with its result.

The results go into a CSV beside the source. A second run tries only what failed, or is new.
"""

from vaultio.migration.bulk.book import RowState, results_path
from vaultio.migration.bulk.run import Bulk, BulkReport, Send

__all__ = ["Bulk", "BulkReport", "RowState", "Send", "results_path"]
