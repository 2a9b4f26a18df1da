"""What the vault holds, and the methods by which a test fills it."""
