"""Connections of our own under httpx: a pool whose cost does not grow, and large reads.

`Wire` is an httpx transport like any other; heads of messages that are not in their plain form are
written and read by h11, which httpx itself uses::

    client = httpx.AsyncClient(transport=Wire())

It is not built on the connections of httpcore, the layer below httpx: those cost 40 % more
processor time a call, do not say what is left over after an answer, and hand bodies on in copies.
"""

from vaultio.transport.connections.pool import Wire

__all__ = ["Wire"]
