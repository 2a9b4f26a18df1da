"""The commands of ``vaultio documents``."""

from vaultio.cli.documents.reading import list_command, show_command, versions_command
from vaultio.cli.documents.searching import search_command
from vaultio.cli.documents.writing import (
    create_command,
    delete_command,
    update_command,
    upload_command,
)
from vaultio.cli.downloading import download_command
from vaultio.cli.tree import group

documents = group(
    "List, show, fetch, create, change and delete documents.",
    list=list_command,
    search=search_command,
    show=show_command,
    versions=versions_command,
    download=download_command,
    create=create_command,
    upload=upload_command,
    update=update_command,
    delete=delete_command,
)
