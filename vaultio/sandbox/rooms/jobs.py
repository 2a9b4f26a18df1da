"""To come."""

from vaultio.sandbox.routing import Routes

routes = Routes()
