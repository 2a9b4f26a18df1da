"""Acting for another user: the vaults that let one, and a caller with a session for one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from vaultio.errors import InvalidArgumentError, WrongVaultError
from vaultio.limiter import Limiter
from vaultio.protocol.login import Login, delegation_request, is_at, read_delegated
from vaultio.protocol.path import Path
from vaultio.protocol.readers import many
from vaultio.transport.caller import Caller
from vaultio.transport.logins import keeper_of, opened
from vaultio.transport.road import Road
from vaultio.transport.session import Flight, Session
from vaultio.transport.wire import Lent, origin_of

if TYPE_CHECKING:
    from vaultio.models import Delegation


@frozen
class DelegatedLogin:
    """Logs in for another user, through a *caller* that is logged in itself."""

    caller: Caller
    delegation: Delegation
    may_change = True

    async def __call__(self, flight: Flight, max_wait_s: float | None) -> Login:
        """Open a session in the vault that lets one act."""
        flight.ready.set()
        caller = self.caller.view(max_wait_s=max_wait_s, sent=flight.sent.set)
        wanted = delegation_request(self.delegation.id, self.delegation.delegator_user_id)
        return await opened(caller, wanted, read_delegated)


async def delegations(caller: Caller) -> tuple[Delegation, ...]:
    """List the vaults in which others let this user act.

    ``GET /api/{version}/delegation/vaults``
    Reference: Delegated Access › Retrieve Delegations
    """
    from vaultio.models import Delegation  # few programs need it

    return await caller.get(Path() / "delegation" / "vaults", many("delegated_vaults", Delegation))


def delegated(
    caller: Caller, delegation: Delegation, base_url: str | None, limiter: Limiter | None
) -> Caller:
    """Prepare the road to a vault that lets this one's user act; nothing is sent before a call.

    The address is the program's own word, and only compared with what Vault says: a session goes
    to no host that came out of an answer.
    """
    if caller.is_delegated:
        raise InvalidArgumentError("a delegated session cannot begin another: ask your own client")
    origin = caller.origin if base_url is None else origin_of(base_url)
    dns = delegation.dns or ""
    if not is_at(dns if "://" in dns else f"//{dns}", origin):
        raise WrongVaultError(
            f"the delegation is for the vault {delegation.id} at {dns or 'no address'}, not for "
            f"{origin}: give the address of that vault"
        )
    if limiter is None:
        # A vault has one quota, whoever calls.
        limiter = caller.limiter if origin == caller.origin else Limiter()
    transport = None if caller.road.transport is None else Lent(caller.road.transport)
    bare = Caller.bare(Road.open(origin, caller.version, caller.config, limiter, transport))
    log_in = DelegatedLogin(caller, delegation)
    session = Session(None, log_in, watch=keeper_of(bare), is_delegated=True)
    return bare.on(bare.road, session)
