"""``vaultio login``, ``logout`` and ``profiles``."""
