"""Delegated access: in which vaults one may act for whom, and how one gets in."""

from __future__ import annotations

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import RefusedError, missing
from vaultio.sandbox.routing import JSON, Routes

routes = Routes()


@routes.on("GET", "/delegation/vaults")
async def retrieve_delegations(call: Call) -> JSON:
    """List the vaults that others let this user act in."""
    vaults = {vault.id: vault for vault in call.sandbox.vaults}
    rows = [
        {
            "id": one.vault_id,
            "name": vaults[one.vault_id].name,
            "dns": vaults[one.vault_id].host or call.request.host,
            "delegator_userid": one.delegator.id,
        }
        for one in call.sandbox.delegations.to(call.user)
    ]
    return {"delegated_vaults": rows}


@routes.on("POST", "/delegation/login")
async def initiate_delegated_session(call: Call) -> JSON:
    """Start a session as the user who granted that; from such a session it is refused."""
    form = (await call.form()).values
    for name in ("vault_id", "delegator_userid"):
        if not form.get(name):
            raise missing(name)
    if call.session.delegate is not None:
        raise RefusedError(
            "OPERATION_NOT_ALLOWED", "A delegated session cannot initiate a delegated session."
        )
    wanted = (form["vault_id"], form["delegator_userid"])
    for one in call.sandbox.delegations.to(call.user):
        if (str(one.vault_id), str(one.delegator.id)) == wanted:
            session_id = call.sandbox.sessions.start(one.delegator, one.vault_id, call.user)
            return {"delegated_sessionid": session_id}
    raise RefusedError(
        "INSUFFICIENT_ACCESS", "User has not been delegated access by that user in that vault."
    )
