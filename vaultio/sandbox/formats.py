"""Which format a file has by its name: a table of our own, the same on every machine."""

from __future__ import annotations

_OFFICE = "application/vnd.openxmlformats-officedocument"
_FORMATS = {
    ".csv": "text/csv",
    ".doc": "application/msword",
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".gif": "image/gif",
    ".html": "text/html",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": f"{_OFFICE}.presentationml.presentation",
    ".tif": "image/tiff",
    ".txt": "text/plain",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".zip": "application/zip",
}


def format_of(file_name: str) -> str:
    """Say a file's media type; what is not in the table is a stream of bytes."""
    _, dot, extension = file_name.rpartition(".")
    return _FORMATS.get(f"{dot}{extension}".lower(), "application/octet-stream")
