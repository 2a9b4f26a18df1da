"""The session's beginning and end, as calls."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import anyio
import attrs

from vaultio.credentials import Password
from vaultio.errors import VaultioError, WrongVaultError
from vaultio.logs import logger
from vaultio.protocol.login import Login, check_vault, login_request, logout_request, read_login
from vaultio.transport import answers
from vaultio.transport.home import Home
from vaultio.transport.road import Road
from vaultio.transport.session import Ticket
from vaultio.transport.stopwatch import Stopwatch

if TYPE_CHECKING:
    from vaultio.transport.caller import Caller

ENDING_S = 5.0

log = logger("session")


async def log_in(caller: Caller, credentials: Password) -> Login:
    """Open a session, and make sure that it is for the vault that was asked for."""
    trouble: VaultioError | None = None
    try:
        login = await caller.send(login_request(credentials), read_login)
    except VaultioError as error:
        trouble = error
    if trouble is not None:
        # The frames it went through hold the form with the password, and maybe a session.
        trouble.__cause__ = trouble.__context__ = None
        raise trouble.with_traceback(None)
    try:
        if caller.config.verify_vault:
            check_vault(login.reply, caller.origin)
    except WrongVaultError:
        await log_out(caller.road, Ticket(login.session_id, 0))
        raise
    log.info("opened a session at %s", caller.origin)
    return login


async def log_out(road: Road, ticket: Ticket) -> None:
    """End a session of ours. It is a courtesy: whatever goes wrong with it stays here."""
    story = road.story(logout_request(), "interactive")
    # A home of its own: that of the client is closed already.
    road = attrs.evolve(road, home=Home())
    try:
        with anyio.move_on_after(ENDING_S), story:
            async with AsyncExitStack() as held:
                watch = Stopwatch(ENDING_S, 0.0)
                await road.exchange(story, answers.envelope, held, ticket=ticket, stopwatch=watch)
                log.info("ended the session at %s", road.origin)
    except Exception as error:
        log.debug("the session was not ended: %s", type(error).__name__)
