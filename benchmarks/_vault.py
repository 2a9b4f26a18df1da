"""The little of a Vault that the servers of the benchmarks play: two answers and three paths."""

from __future__ import annotations

import json

ROOT = "/api/v11.0/objects/documents"
"""Where documents are created."""

JSON_PATH = f"{ROOT}/7"
FILE_PATH = ROOT + "/{size}/file"
"""A document's id is the size of its file in bytes."""

DOCUMENT = json.dumps(
    {
        "responseStatus": "SUCCESS",
        "document": {
            "id": 7,
            "version_id": "7_1_0",
            "document_number__v": "VV-00007",
            "major_version_number__v": 1,
            "minor_version_number__v": 0,
            "type__v": "SOP",
            "lifecycle__v": "General Lifecycle",
            "status__v": "Approved",
            "binder__v": False,
            "locked__v": False,
            "created_by__v": 46916,
            "document_creation_date__v": "2026-01-13T07:30:00.000Z",
            "last_modified_by__v": 46916,
            "filename__v": "Cleaning of vessels.pdf",
            "size__v": 55399,
            "md5checksum__v": "4eb8a8e3e9bc2fb0bba38de830357885",
            "format__v": "application/pdf",
            "name__v": "Cleaning of vessels",
            "title__v": "Vessels on the second floor",
            "country__v": ["1357752909483"],
        },
    }
).encode()

CREATED = json.dumps({"responseStatus": "SUCCESS", "id": 8}).encode()
