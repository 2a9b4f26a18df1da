"""Real processes that share one quota, and the server that counts what reaches it."""
