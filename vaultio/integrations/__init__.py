"""Other libraries' ways in: each module needs the extra of its name, and nothing else loads it."""
