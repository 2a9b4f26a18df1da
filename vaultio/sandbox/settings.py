"""The switches of a sandbox: where the reference leaves a choice, or a vault may differ."""

from __future__ import annotations

from typing import Literal

from attrs import define


@define(kw_only=True)
class Settings:
    """What an answer looks like; everything may be changed while the sandbox runs."""

    link_origin: str | None = None
    """Scheme and host of absolute URLs in answers; None repeats what the request came to. The
    reference shows answers that name another host than the request."""

    link_version: str | None = None
    """The API version in absolute URLs of documents; None repeats the request's. The reference
    shows v13.0 links in the answer to a v14.0 request."""

    content_length: Literal["small", "always", "never"] = "small"
    """Which files say their length: the reference says only very small ones."""

    small_bytes: int = 8 * 1024
    """What counts as very small."""

    max_upload_bytes: int = 4 * 1024**3
    """The largest file that one form may bring; the reference says 4 GB."""

    lock_before_update: bool = False
    """Whether a document must be locked before its file is replaced: vaults differ."""

    max_attachment_bytes: int = 4 * 1024**3
    """The largest attachment; the reference says 4 GB here and 2 GB there."""

    chunk_bytes: int = 64 * 1024
    """Bytes produced at a time."""

    ranges: bool = False
    """Whether a ``Range`` header is honoured on files; the reference documents none."""

    attachment_type: Literal["octet-stream", "own"] = "octet-stream"
    """The Content-Type of an attachment: as the reference says, or its own (later versions)."""

    documents_size: Literal["page", "total"] = "page"
    """What ``size`` counts in Retrieve Documents: the rows of this answer or all that match."""

    documents_limit: int = 200
    """The most rows of Retrieve Documents."""

    records_limit: int = 200
    """The most rows of an object record collection."""

    users_limit: int | None = None
    """The most rows of Retrieve All Users; None is as many as asked for: no maximum is said."""

    group_members: Literal["replace", "add"] = "replace"
    """Whether an update of a group sets its members or adds to them: the reference says neither."""

    query_page_documents: int = 200
    """The default (and largest) page of a query on documents or binders."""

    query_page_objects: int = 1000
    """The default (and largest) page of a query on objects."""

    job_start: Literal["flat", "data", "camel", "url"] = "flat"
    """Where the answer that starts a job puts its id: ``job_id``, ``data.job_id``,
    ``data.jobId``, or only inside ``url``."""

    job_id: Literal["number", "string"] = "number"
    """Whether job ids are numbers or strings in JSON."""

    job_href: Literal["root", "absolute", "bare"] = "root"
    """Links of jobs: ``/api/…``, ``https://host/api/…`` or ``api/…`` without its slash."""

    artifacts_since: str = "v18.3"
    """The first version with the ``artifacts`` link and the results of a controlled copy."""

    echo_reference_id: bool = True
    """Whether X-VaultAPI-ReferenceId comes back in the answer."""
