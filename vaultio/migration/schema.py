"""The manifest's file: its tables, their version, and how older files come up to date.

Version 3. A SQLite database (`PRAGMA application_id` 0x7661756C, `PRAGMA user_version` the
schema's version), in WAL mode while it is open. Times are seconds since 1970, UTC.

``job`` (name TEXT, value TEXT): what is done here, one JSON value a row: ``kind`` (export, import,
copy), ``source`` and ``target`` (address of a vault, or a folder), ``settings``,
``cursor:<name>`` (how far something has come).

``items``, a row for each thing to be moved:

==================  ===============================================================================
number              the order in which items were found, from 1
key                 names the item for ever, such as ``document/7/0.1/source``; unique
stage               the step of the job that handles it; steps go one after the other
kind                document, source, rendition, attachment, annotation, binder, role,
                    relationship; in a copy also look: what does the source have?
source_id           the id of the document, binder, ... in the source
source_version      its version, ``major.minor``; NULL if it has none
detail              what tells it apart from others of that document: rendition type, attachment id
path                where its file is, below the folder, with ``/``; NULL if it has none
state               found, leased, done, failed, skipped
holder              who works on it; NULL if nobody does
lease_until         until when; then others may take it
tries               how often work on it was begun
expected_size       bytes, as the source says; NULL if it does not
expected_md5        hex digits, likewise
size, md5           of the file as it arrived
verified            md5, length or none: what the file was held against
target_id           the id in the target
target_version      its version there
error_type          the class of what went wrong
message             what was said of it
reason              why it was skipped
data                JSON: what else the step needs to know of it
found_at            when it was entered
updated_at          when its state changed last
==================  ===============================================================================

What an export keeps in ``data``: of a document or binder version its ``fields`` by Vault's names,
and of a binder ``nodes``, the tree; of an attachment or relationship its ``fields``; of a role
item all ``roles`` of the document; ``missing``, of a file that may not be there, the reason to
skip it. Keys are ``document/{id}/{version}``, and behind that ``/source``, ``/rendition/{type}``
and ``/annotation``; ``document/{id}/attachment/{attachment id}/{version}``,
``binder/{id}/{version}``, ``role/{document id}``, ``relationship/{id}``; and ``document/{id}`` for
an id that no query found. In a copy there are ``.../look`` behind those of document and binder
versions, and no ``/source``, for a document comes with its file.

What an import (and a copy) keeps there: ``fields`` likewise; ``identity``, the value by which the
target knows a document; ``clash``, who is called so too; of a later version ``after``, the version
before it, and ``changed``, the fields that are not as in that. Its stages are documents, versions,
renditions, attachments, roles, binders, contents (what is in binders: ``nodes``, keys
``binder/{id}/{version}/contents``) and relationships. ``target_id`` and ``target_version`` map ids;
``reason`` of a document that is done is "was there" if it was found, not created. ``left_out`` in
``job`` names the fields that the target does not know. Items whose rows were taken
out of the source before they were done are skipped. The index by identity is there since version 3.

``samples`` (at, done, failed, size, calls, waited_s, used, quota): how far the job was at a moment;
for the pictures of a report.

``runs``, a row for each time that the job was begun or gone on with (since version 2): ``number``
from 1, ``holder`` (``host:process:...``), ``vaultio`` (its version), ``began_at``, ``seen_at``
(when the figures were written, every few seconds), ``ended_at`` (NULL while it runs, or if it was
killed), ``outcome`` (complete, stopped, cancelled, failed; killed is found out by the next run,
unknown are the runs before version 2, all in one), ``message`` (the error that ended it), and what
that run did: ``done``, ``failed``, ``skipped`` and ``files`` in items, ``size`` in bytes,
``calls``, ``waited_s`` (seconds that its calls waited for quota, all added up).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from vaultio.errors import InvalidArgumentError

VERSION = 3
_APPLICATION_ID = 0x7661756C

_RUNS = """
CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    holder TEXT NOT NULL,
    vaultio TEXT NOT NULL,
    began_at REAL NOT NULL,
    seen_at REAL NOT NULL,
    ended_at REAL,
    outcome TEXT,
    message TEXT,
    done INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    files INTEGER NOT NULL DEFAULT 0,
    size INTEGER NOT NULL DEFAULT 0,
    calls INTEGER NOT NULL DEFAULT 0,
    waited_s REAL NOT NULL DEFAULT 0
)
"""
_BY_IDENTITY = """
CREATE INDEX items_identity ON items (json_extract(data, '$.identity'))
WHERE stage IN ('documents', 'binders')
"""
_TABLES = """
CREATE TABLE job (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE items (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    stage TEXT NOT NULL,
    kind TEXT NOT NULL,
    source_id TEXT NOT NULL,
    source_version TEXT,
    detail TEXT,
    path TEXT,
    state TEXT NOT NULL DEFAULT 'found',
    holder TEXT,
    lease_until REAL,
    tries INTEGER NOT NULL DEFAULT 0,
    expected_size INTEGER,
    expected_md5 TEXT,
    size INTEGER,
    md5 TEXT,
    verified TEXT,
    target_id TEXT,
    target_version TEXT,
    error_type TEXT,
    message TEXT,
    reason TEXT,
    data TEXT NOT NULL DEFAULT '{}',
    found_at REAL NOT NULL,
    updated_at REAL NOT NULL
);
CREATE INDEX items_waiting ON items (stage, number) WHERE state = 'found';
CREATE INDEX items_leased ON items (lease_until) WHERE state = 'leased';
CREATE INDEX items_failed ON items (number) WHERE state = 'failed';
CREATE INDEX items_source ON items (source_id, kind);
CREATE TABLE samples (
    at REAL PRIMARY KEY,
    done INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    size INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    waited_s REAL NOT NULL,
    used INTEGER NOT NULL,
    quota INTEGER NOT NULL
) WITHOUT ROWID;
"""

_UPGRADES: dict[int, str] = {
    1: f"""{_RUNS};
INSERT INTO runs (holder, vaultio, began_at, seen_at, ended_at, outcome,
                  done, size, calls, waited_s)
SELECT '', '', min(at), max(at), max(at), 'unknown',
       max(done), max(size), max(calls), max(waited_s)
FROM samples HAVING count(*) > 0
""",
    2: _BY_IDENTITY,
}
"""SQL that brings a file of that version to the next."""


def prepare(database: sqlite3.Connection, job: Mapping[str, Any] | None) -> None:
    """Make the tables in a file that is new, bring an older one up to date, refuse others.

    *job* is what is going to be done; a file that accounts for another job is refused. None only
    looks into a file that is there.
    """
    application, version = _stamp(database, "application_id"), _stamp(database, "user_version")
    if application == version == 0 and not _tables(database):
        if job is None:
            raise InvalidArgumentError("the manifest is empty: nothing was begun here")
        _create(database, job)
        return
    if application != _APPLICATION_ID:
        raise InvalidArgumentError("the file is a database, but no manifest of vaultio")
    _update(database, version, read_only=job is None)
    if job is not None:
        _compare(database, job)


def _update(database: sqlite3.Connection, version: int, *, read_only: bool) -> None:
    """Bring an older file up to date, one version after the other; refuse a later one."""
    if version > VERSION:
        raise InvalidArgumentError(
            f"the manifest was written by a later vaultio (schema {version}, this one knows "
            f"{VERSION}): use that one"
        )
    if version < VERSION and read_only:
        raise InvalidArgumentError(
            f"the manifest was written by an earlier vaultio (schema {version}, this one knows "
            f"{VERSION}): run its job again, which brings it up to date"
        )
    for older in range(version, VERSION):
        change = f"{_UPGRADES[older]}; PRAGMA user_version = {older + 1}"
        database.executescript(f"BEGIN IMMEDIATE; {change}; COMMIT;")


def _create(database: sqlite3.Connection, job: Mapping[str, Any]) -> None:
    values = [(name, json.dumps(value)) for name, value in job.items()]
    with database:
        database.execute("BEGIN IMMEDIATE")
        for statement in (*_TABLES.split(";"), _RUNS, _BY_IDENTITY):
            database.execute(statement)
        database.executemany("INSERT INTO job VALUES (?, ?)", values)
        database.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {VERSION}")


def _compare(database: sqlite3.Connection, job: Mapping[str, Any]) -> None:
    """Refuse to go on with a job that is another one: its rows would be mixed."""
    known = {name: json.loads(value) for name, value in database.execute("SELECT * FROM job")}
    for name in ("kind", "source", "target"):
        if name in job and known.get(name) != job[name]:
            raise InvalidArgumentError(
                f"the manifest accounts for another job: its {name} is {known.get(name)!r}, "
                f"not {job[name]!r}; choose another folder"
            )


def _stamp(database: sqlite3.Connection, name: str) -> int:
    return int(database.execute(f"PRAGMA {name}").fetchone()[0])


def _tables(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
