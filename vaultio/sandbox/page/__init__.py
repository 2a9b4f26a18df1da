"""The page at ``/``: what happens in a sandbox, to look at in a browser."""
