"""The one road to the wire: limit, send, decode, renew, retry, read."""

from vaultio.transport.caller import Caller
from vaultio.transport.pages import Page, Pages
from vaultio.transport.reply import Reply

__all__ = ["Caller", "Page", "Pages", "Reply"]
