"""The demo vault: the same on every run, some 140 MB of files that nobody keeps."""

from __future__ import annotations

import random
import struct
import zlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from vaultio.sandbox.content import BytesContent, Content, GeneratedContent

if TYPE_CHECKING:
    from vaultio.sandbox.core import Sandbox

KB, MB = 1000, 1_000_000
_PDF = b"%PDF-1.7\n"
_ZIPPED = b"PK\x03\x04"
# Type, subjects, ending, sizes in bytes: from a note of 2 KB to a scan of 20 MB.
_SHELVES = (
    ("Protocol", ("Phase II", "Phase III", "Paediatric", "Follow-up"), ".docx", (400 * KB, 3 * MB)),
    ("Informed Consent", ("Adult", "Minor", "Genetics", "Imaging"), ".pdf", (90 * KB, 900 * KB)),
    ("Site Visit Report", ("Boston", "Lyon", "Osaka", "Graz"), ".docx", (30 * KB, 400 * KB)),
    ("Batch Record", ("Lot 0117", "Lot 0118", "Lot 0119", "Lot 0120"), ".pdf", (2 * MB, 6 * MB)),
    ("SOP", ("Cleaning", "Sampling", "Labelling", "Archiving"), ".pdf", (50 * KB, 700 * KB)),
    ("Training Material", ("Onboarding", "GCP", "Data Entry", "Safety"), ".pptx", (1 * MB, 8 * MB)),
    ("Promotional Piece", ("Banner", "Mailing", "Web Page", "Slides"), ".pptx", (2 * MB, 9 * MB)),
    ("Correspondence", ("Ethics", "Agency", "Sponsor", "Site 12"), ".msg", (2 * KB, 60 * KB)),
    ("Lab Certificate", ("2024", "2025", "2026", "Draft"), ".pdf", (10 * KB, 200 * KB)),
    ("Scan", ("Archive box 1", "Archive box 2"), ".tif", (12 * MB, 20 * MB)),
)
_SUBTYPES: dict[str, dict[str, Any]] = {"Promotional Piece": {"subtype__v": "Online"}}


def _content(source: random.Random, size: int, ending: str) -> Content:
    magic = _PDF if ending == ".pdf" else _ZIPPED if ending in (".docx", ".pptx") else b""
    return GeneratedContent(size, source.getrandbits(32), magic=magic)


def thumbnail(shade: int) -> Content:
    """Return a real PNG image of 16 by 16 dots in one shade of grey."""

    def part(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0)
    dots = zlib.compress((b"\0" + bytes([shade]) * 16) * 16)
    image = part(b"IHDR", header) + part(b"IDAT", dots) + part(b"IEND", b"")
    return BytesContent(b"\x89PNG\r\n\x1a\n" + image)


def fill(sandbox: Sandbox) -> None:
    """Fill an empty sandbox, with dates in the first months of 2026."""
    source = random.Random(2026)
    present, sandbox.now = sandbox.now, lambda: moment[0]
    moment = [datetime(2026, 1, 5, 8, 30, tzinfo=UTC)]
    for type_name, subjects, ending, sizes in _SHELVES:
        if type_name not in {one.label for one in sandbox.document_types}:
            name = f"{type_name.lower().replace(' ', '_')}__c"
            sandbox.document_types.add(name, type_name)
        for subject in subjects:
            moment[0] += timedelta(hours=source.randrange(5, 60))
            _document(sandbox, source, type_name, f"{type_name} {subject}", ending, sizes)
    _odd_ones(sandbox, source)
    _records(sandbox, source)
    _people(sandbox)
    sandbox.now = present


def _document(
    sandbox: Sandbox,
    source: random.Random,
    type_name: str,
    name: str,
    ending: str,
    sizes: tuple[int, int],
) -> None:
    documents = sandbox.documents
    document_id = documents.add(
        name,
        _content(source, source.randint(*sizes), ending),
        file_name=name + ending,
        type_name=type_name,
        fields=_SUBTYPES.get(type_name, {}) | {"title__v": name, "country__v": ["1357752909483"]},
    )
    for number in range(source.choice((0, 0, 1, 2))):
        documents.add_version(
            document_id,
            _content(source, source.randint(sizes[0] // 4, sizes[0]), ending),
            major=1 if number else None,
            state="Approved" if number else "Draft",
        )
    if ending != ".msg":
        pdf = _content(source, source.randint(20 * KB, 400 * KB), ".pdf")
        documents.add_rendition(document_id, content=pdf)
        documents.add_thumbnail(document_id, thumbnail(source.randrange(256)))
    if type_name in ("Protocol", "Promotional Piece"):
        documents.add_annotations(document_id, _content(source, 150 * KB, ".pdf"))
    for number in range(source.choice((0, 0, 1, 3))):
        size = source.randint(2 * KB, 600 * KB)
        documents.add_attachment(
            document_id, f"Appendix {number + 1}.pdf", _content(source, size, ".pdf")
        )


def _odd_ones(sandbox: Sandbox, source: random.Random) -> None:
    """Add what a list of documents holds besides: binders, a placeholder, hard names."""
    documents = sandbox.documents
    master_file = documents.add("Trial Master File", binder=True, type_name="Trial Master File")
    submission = documents.add("Submission 2026", binder=True, type_name="Submission")
    _fill_binders(sandbox, master_file, submission)
    documents.add("Awaited signature page", None, type_name="Informed Consent")
    documents.add_template("leaflet__c", 30 * KB, file_name="Leaflet.docx")
    documents.add(
        "Prüfplan Österreich (ägypt. Übersetzung)",
        _content(source, 350 * KB, ".pdf"),
        file_name="Prüfplan 試験 ../v1: final?.pdf",
        type_name="Protocol",
    )
    empty = documents.add("Empty form", b"", file_name="Empty form.txt", type_name="SOP")
    documents.add_attachment(empty, "readme.txt", b"Nothing in the form yet.\n")
    documents.add_attachment(empty, "readme.txt", b"Still nothing in the form.\n")


def _fill_binders(sandbox: Sandbox, master_file: int, submission: int) -> None:
    """Put what has a shelf of its own into sections, and one binder into the other."""
    binders, shelves = sandbox.binders, ("Protocol", "Informed Consent", "Site Visit Report")
    for number, shelf in enumerate(shelves, start=1):
        section = binders.add_section(master_file, shelf, number=str(number))
        for document in sandbox.documents:
            if document.type == shelf:
                binders.add_document(master_file, document.id, parent_id=section)
    binders.add_document(submission, master_file)


def _people(sandbox: Sandbox) -> None:
    """Add who works with the documents; nobody but Ana knows a password."""
    people = ("bruce.ashton", "thomas.chung", "elaine.woodhouse")
    members = [sandbox.users.add(f"{name}@example.com", "").id for name in people]
    sandbox.users.add("left.long-ago@example.com", "", active=False)
    reviewers = sandbox.groups.add("Clinical Reviewers", members, description="They review")
    for document in sandbox.documents:
        if document.type == "Protocol":
            document.roles["reviewer__v"].assigned_groups.append(reviewers)
            document.roles["legal__c"].assigned_users.append(members[0])


def _records(sandbox: Sandbox, source: random.Random) -> None:
    records = sandbox.records
    records.add_object("country__v", label_plural="Countries", prefix="00C")
    records.add_object("site__v", label="Study Site", label_plural="Study Sites", prefix="0SI")
    records.add_object("product__v", label="Product", prefix="00P")
    for country in ("Austria", "France", "Japan", "United States"):
        records.add("country__v", country)
    for place in ("Boston", "Graz", "Lyon", "Osaka"):
        site = records.add("site__v", f"Site {place}", fields={"city__v": place})
        for name in ("Site Area Map.png", "Site Contact List.docx"):
            data = _content(source, source.randint(4 * KB, 120 * KB), ".docx")
            records.add_attachment("site__v", site, name, data, description="From the site")
    for product in ("CholeCap", "WonderDrug"):
        record = records.add("product__v", product, fields={"abbreviation__vs": product[:2]})
        leaflet = _content(source, 80 * KB, ".pdf")
        records.add_attachment("product__v", record, f"{product} leaflet.pdf", leaflet)
