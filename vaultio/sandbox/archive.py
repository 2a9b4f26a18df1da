"""An archive of any size, the same on every run: tens of thousands of files that nobody keeps.

Some documents have all that a migration has to bring along, and some lie in binders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen
from attrs.validators import ge

from vaultio.sandbox.content import GeneratedContent

if TYPE_CHECKING:
    from vaultio.sandbox.core import Sandbox

_PDF, _ZIPPED = b"%PDF-1.7\n", b"PK\x03\x04"
_PEOPLE = ("bruce.ashton", "thomas.chung", "elaine.woodhouse")
_REVIEWERS = "Clinical Reviewers"
_IN_A_BINDER = 6


@frozen(kw_only=True)
class Archive:
    """What is in an archive: so many *small* and *large* documents, of so many bytes each.

    The large ones are spread among the small ones. Every *rich*-th document has one of these,
    in turn: a further version, renditions, attachments, relationships, roles; every other one of
    them has an external id. Each *binders* stands for one with sections and documents in it; with
    *binders* above 1 the last one holds the first. None of it for *rich* 0 or *binders* 0.
    All bytes follow from *seed*.
    """

    small: int = field(default=20_000, validator=ge(0))
    small_bytes: int = field(default=20_000, validator=ge(0))
    large: int = field(default=200, validator=ge(0))
    large_bytes: int = field(default=20_000_000, validator=ge(0))
    rich: int = field(default=0, validator=ge(0))
    binders: int = field(default=0, validator=ge(0))
    seed: int = 2026

    def is_large(self, place: int) -> bool:
        """Say whether the document at a place, counted from 0, is a large one."""
        total = self.small + self.large
        return (place + 1) * self.large // total > place * self.large // total


def settle(sandbox: Sandbox) -> None:
    """Give an empty vault the people and the type that an archive knows; no documents."""
    sandbox.document_types.add("study_file__c", "Study File")
    members = [sandbox.users.add(f"{name}@example.com", "").id for name in _PEOPLE]
    sandbox.groups.add(_REVIEWERS, members, description="They review")


def fill(sandbox: Sandbox, archive: Archive) -> None:
    """Fill a vault that is settled."""
    ids = [_document(sandbox, archive, place) for place in range(archive.small + archive.large)]
    if archive.rich:
        for turn, place in enumerate(range(0, len(ids), archive.rich)):
            _enrich(sandbox, archive, ids, place, turn)
    _bind(sandbox, archive, ids)


def _document(sandbox: Sandbox, archive: Archive, place: int) -> int:
    size = archive.large_bytes if archive.is_large(place) else archive.small_bytes
    name = f"Study File {place + 1:06}"
    fields: dict[str, object] = {"title__v": name}
    if archive.rich and place % (2 * archive.rich) == 0:
        fields["external_id__v"] = f"SF-{place + 1:06}"
    return sandbox.documents.add(
        name,
        _content(archive, place, size, _ZIPPED),
        file_name=f"{name}.docx",
        type_name="Study File",
        fields=fields,
    )


def _content(archive: Archive, place: int, size: int, magic: bytes) -> GeneratedContent:
    return GeneratedContent(size, archive.seed * 1_000_000_007 + place, magic=magic)


def _enrich(sandbox: Sandbox, archive: Archive, ids: list[int], place: int, turn: int) -> None:
    """Give one document what is its turn; the further files are small, and each its own."""
    documents, document_id = sandbox.documents, ids[place]

    def content(number: int) -> GeneratedContent:
        far = len(ids) * (number + 1) + place
        return _content(archive, far, archive.small_bytes // 2 + number, _PDF)

    match turn % 5:
        case 0:
            documents.add_version(document_id, content(0))
        case 1:
            documents.add_rendition(document_id, content=content(1))
            documents.add_rendition(document_id, "production_proof__c", content(2))
        case 2:
            for number in (3, 4):
                documents.add_attachment(document_id, f"Appendix {number}.pdf", content(number))
            documents.add_attachment(document_id, "Appendix 3.pdf", content(5))
        case 3:
            _relate(sandbox, document_id, ids[place - archive.rich])
        case _:
            roles = documents[document_id].roles
            reviewers = next(one for one in sandbox.groups if one.label == _REVIEWERS)
            roles["reviewer__v"].assigned_groups.append(reviewers.id)
            roles["legal__c"].assigned_users.append(reviewers.members[turn % len(_PEOPLE)])


def _relate(sandbox: Sandbox, document_id: int, target_id: int) -> None:
    """Relate a document to another one, and to one version of it."""
    source = (document_id, 0, 1)
    add = sandbox.relationships.add
    add(source, "supporting_documents__vs", target_id)
    add(source, "original_source__v", target_id, target_version=(0, 1))


def _bind(sandbox: Sandbox, archive: Archive, ids: list[int]) -> None:
    binders: list[int] = []
    for number in range(archive.binders):
        name = f"Study {number + 1:04}"
        binder = sandbox.documents.add(name, binder=True, type_name="Study File")
        chosen = [ids[(number * _IN_A_BINDER + at) % len(ids)] for at in range(_IN_A_BINDER)]
        _fill_binder(sandbox, binder, chosen if ids else [])
        binders.append(binder)
    if len(binders) > 1:
        sandbox.binders.add_document(binders[-1], binders[0])


def _fill_binder(sandbox: Sandbox, binder: int, chosen: list[int]) -> None:
    """Put documents into sections, one into a section of a section, and one beside them."""
    binders = sandbox.binders
    first = binders.add_section(binder, "Plans", number="1")
    inner = binders.add_section(binder, "Old plans", number="1.1", parent_id=first)
    second = binders.add_section(binder, "Reports", number="2")
    places = (first, inner, second, None)
    for at, document_id in enumerate(dict.fromkeys(chosen)):
        is_bound = at == 1
        binders.add_document(
            binder,
            document_id,
            parent_id=places[at % len(places)],
            rule="specific" if is_bound else None,
            bound=(0, 1) if is_bound else None,
        )
