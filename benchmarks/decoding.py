"""What does a page of 200 rows cost to decode?

``python -m benchmarks.decoding``: 200 rows of 40 fields, from the answer's bytes to `Document`
values, to a class of one's own, and to plain mappings, beside what `json` and orjson take for the
same bytes. Nothing is sent, and what counts is the processor's time.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import orjson
from attrs import frozen

from benchmarks._measure import OURS, Answer, Question, Sample, Target, interleave
from benchmarks._report import as_table
from benchmarks._setting import Setting, Sizes, parser, sizes_of
from vaultio import Document
from vaultio.models.wire import Model, wire
from vaultio.protocol.documents import documents
from vaultio.protocol.envelope import read_envelope
from vaultio.protocol.readers import many, rows

AT_ONCE = 10
ROUNDS_A_ROUND = 5  # they are short

STANDARD = {
    "id": 773,
    "name__v": "Cleaning of vessels and pipes",
    "title__v": "Standard operating procedure",
    "document_number__v": "SOP-000773",
    "external_id__v": "EXT-773",
    "type__v": "Procedure",
    "subtype__v": "Quality",
    "classification__v": "SOP",
    "lifecycle__v": "General Lifecycle",
    "status__v": "Approved",
    "major_version_number__v": 2,
    "minor_version_number__v": 1,
    "filename__v": "cleaning-of-vessels.docx",
    "format__v": "application/msword",
    "size__v": 48231,
    "md5checksum__v": "0cc175b9c0f1b6a831c399e269772661",
    "created_by__v": 12021,
    "document_creation_date__v": "2015-03-11T21:20:43.000Z",
    "version_modified_date__v": "2015-04-02T09:11:07.000Z",
    "binder__v": False,
    "crosslink__v": False,
}
OWN = {
    **{f"region_{number}__c": ["EU", "US"] for number in range(4)},
    **{f"note_{number}__c": f"what is said of it in line {number}" for number in range(8)},
    **{f"count_{number}__c": 7 * number for number in range(5)},
    **{f"empty_{number}__c": None for number in range(2)},
}


@frozen(kw_only=True)
class Procedure(Model):
    """A class of one's own for those rows, with all 40 fields."""

    id: int
    name: str = wire("name__v")
    title: str | None = wire("title__v", default=None)
    number: str | None = wire("document_number__v", default=None)
    external_id: str | None = wire("external_id__v", default=None)
    type: str | None = wire("type__v", default=None)
    subtype: str | None = wire("subtype__v", default=None)
    classification: str | None = wire("classification__v", default=None)
    lifecycle: str | None = wire("lifecycle__v", default=None)
    status: str | None = wire("status__v", default=None)
    major: int | None = wire("major_version_number__v", default=None)
    minor: int | None = wire("minor_version_number__v", default=None)
    filename: str | None = wire("filename__v", default=None)
    format: str | None = wire("format__v", default=None)
    size: int | None = wire("size__v", default=None)
    md5: str | None = wire("md5checksum__v", default=None)
    created_by: int | None = wire("created_by__v", default=None)
    created: datetime | None = wire("document_creation_date__v", default=None)
    modified: datetime | None = wire("version_modified_date__v", default=None)
    is_binder: bool = wire("binder__v", default=False)
    is_crosslink: bool = wire("crosslink__v", default=False)
    region_0: Any = wire("region_0__c", default=None)
    region_1: Any = wire("region_1__c", default=None)
    region_2: Any = wire("region_2__c", default=None)
    region_3: Any = wire("region_3__c", default=None)
    note_0: str | None = wire("note_0__c", default=None)
    note_1: str | None = wire("note_1__c", default=None)
    note_2: str | None = wire("note_2__c", default=None)
    note_3: str | None = wire("note_3__c", default=None)
    note_4: str | None = wire("note_4__c", default=None)
    note_5: str | None = wire("note_5__c", default=None)
    note_6: str | None = wire("note_6__c", default=None)
    note_7: str | None = wire("note_7__c", default=None)
    count_0: int | None = wire("count_0__c", default=None)
    count_1: int | None = wire("count_1__c", default=None)
    count_2: int | None = wire("count_2__c", default=None)
    count_3: int | None = wire("count_3__c", default=None)
    count_4: int | None = wire("count_4__c", default=None)
    empty_0: str | None = wire("empty_0__c", default=None)
    empty_1: str | None = wire("empty_1__c", default=None)


def page(count: int) -> bytes:
    """Write an answer with so many rows."""
    listed = [{**STANDARD, **OWN, "id": number} for number in range(count)]
    said = {"responseStatus": "SUCCESS", "responseDetails": {"size": count}, "documents": listed}
    return json.dumps(said).encode()


def as_documents(body: bytes) -> Sequence[Document]:
    """Decode into a class of vaultio's; what it does not know is in `fields`."""
    return documents(read_envelope(body))


def as_procedures(body: bytes) -> Sequence[Procedure]:
    """Decode into a class of one's own."""
    return many("documents", Procedure)(read_envelope(body))


def as_rows(body: bytes) -> Sequence[object]:
    """Decode into mappings."""
    return rows("documents")(read_envelope(body))


DECODERS: dict[str, Callable[[bytes], object]] = {
    "documents": as_documents,
    "procedures": as_procedures,
    "rows": as_rows,
    "json.loads": json.loads,
    "orjson.loads": orjson.loads,
}


def decoded(decode: Callable[[bytes], object], body: bytes) -> Sample:
    """Decode some times; the *seconds* are the processor's for one page, the median."""
    taken = list[float]()
    for _ in range(AT_ONCE):
        begun = time.process_time()
        decode(body)
        taken.append(time.process_time() - begun)
    return Sample(seconds=statistics.median(taken))


def figures(sizes: Sizes) -> list[Answer]:
    """Let all decoders take turns over the same page."""
    body = page(sizes.rows)
    runs = {name: partial(decoded, decode, body) for name, decode in DECODERS.items()}
    samples, _ = interleave(runs, ROUNDS_A_ROUND * sizes.rounds, runs)

    def answer(ours: str, what: str, most: float) -> Answer:
        title = f"a page of {sizes.rows} rows of 40 fields into {what}"
        targets = (Target("json.loads", most),)
        question = Question(title, "ms", lambda one: one.seconds * 1000, targets, "less")
        peers = {peer: samples[peer] for peer in ("json.loads", "orjson.loads")}
        return question.of({OURS: samples[ours], **peers}, {})

    return [
        answer("documents", "documents", 1.3),
        answer("procedures", "a class of one's own", 1.3),
        answer("rows", "mappings", 0.7),
    ]


def ask(setting: Setting) -> list[Answer]:
    """Answer as part of the whole table."""
    return figures(setting.sizes)


if __name__ == "__main__":
    print(as_table(figures(sizes_of(parser(__doc__).parse_args()))))
