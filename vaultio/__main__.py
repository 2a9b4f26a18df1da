"""``python -m vaultio``: the command, where its folder is not on the path."""

from vaultio.cli import main

if __name__ == "__main__":
    main()
