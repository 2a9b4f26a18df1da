"""The results of a controlled copy's job."""

from __future__ import annotations

from vaultio.sandbox import versions
from vaultio.sandbox.call import Call, file_reply
from vaultio.sandbox.failures import RefusedError, not_found
from vaultio.sandbox.rooms.jobs import require_access
from vaultio.sandbox.routing import Routes
from vaultio.sandbox.stores.dates import stamp
from vaultio.sandbox.wire import SandboxReply

routes = Routes()


@routes.on("GET", "/objects/documents/actions/{lifecycle_state_action}/{job_id}/results")
async def download_controlled_copy_job_results(call: Call) -> SandboxReply:
    """Download the archive; its name is the action's label and the present moment."""
    if call.version < versions.parse(call.sandbox.settings.artifacts_since):
        raise RefusedError("METHOD_NOT_SUPPORTED", f"Not supported in version {call.version}.")
    job = call.sandbox.jobs.find(call.ids["job_id"])
    if job.artifacts != call.ids["lifecycle_state_action"] or job.result is None:
        raise not_found(f"{call.ids['lifecycle_state_action']}/{job.id}")
    require_access(call, job)
    if not job.finished(call.sandbox.clock()):
        # What Vault says to an early caller is not known.
        raise RefusedError("OPERATION_NOT_ALLOWED", f"The job [{job.id}] is still active.")
    moment = stamp(call.sandbox.now()).replace(":", "-")
    return file_reply(call, job.result, f"{job.label} - {moment}.zip")
