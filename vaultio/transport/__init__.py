"""The one road to the wire: limit, send, decode, renew, retry, read."""

from vaultio.transport.batches import RowResults, in_batches
from vaultio.transport.caller import Caller
from vaultio.transport.calls import Verifier
from vaultio.transport.observer import Observer, Story
from vaultio.transport.pages import Page, Pages
from vaultio.transport.reply import Reply
from vaultio.transport.row_source import Rows

__all__ = [
    "Caller",
    "Observer",
    "Page",
    "Pages",
    "Reply",
    "RowResults",
    "Rows",
    "Story",
    "Verifier",
    "in_batches",
]
