"""A vault inside a FastAPI app: one client, a dependency, honest errors, files passed on.

::

    service = VaultService(open_vault)  # open_vault() returns a Vault
    app = FastAPI(lifespan=service.lifespan)
    handle_errors(app)
    VaultDep = Annotated[Vault, Depends(service.vault)]

    @app.get("/documents/{document_id}/file")
    async def file(document_id: int, vault: VaultDep) -> VaultFile:
        return VaultFile(vault.documents.open(document_id, verify=True))

Nothing in here needs more than Starlette, so it serves an app of Starlette's as well.
"""

try:
    import starlette as _starlette  # noqa: F401 - only to know that it is there
except ImportError as error:
    raise ImportError(
        'this integration needs more of vaultio: pip install "vaultio[fastapi]"'
    ) from error

from vaultio.integrations.fastapi.files import VaultFile
from vaultio.integrations.fastapi.problems import handle_errors, problem
from vaultio.integrations.fastapi.service import VaultService

__all__ = ["VaultFile", "VaultService", "handle_errors", "problem"]
