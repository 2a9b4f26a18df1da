"""``vaultio documents``: what people do with documents every day."""
