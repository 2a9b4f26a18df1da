"""Files: a reply stream becomes a verified file on disk, or a checked stream of chunks."""

from vaultio.downloads.archive import verify_zip
from vaultio.downloads.download import save
from vaultio.downloads.fetch import Progress
from vaultio.downloads.integrity import Verified
from vaultio.downloads.names import disposition_name, safe_name
from vaultio.downloads.saved import SavedFile
from vaultio.downloads.stream import FileOpening, FileStream, open_stream
from vaultio.downloads.target import OnExists
from vaultio.models.checksum import Checksum

__all__ = [
    "Checksum",
    "FileOpening",
    "FileStream",
    "OnExists",
    "Progress",
    "SavedFile",
    "Verified",
    "disposition_name",
    "open_stream",
    "safe_name",
    "save",
    "verify_zip",
]
