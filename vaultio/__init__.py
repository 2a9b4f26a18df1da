"""An async client for the Veeva Vault REST API."""
