"""Where files go: as the template says, safe, stable, and never two at one place."""

from __future__ import annotations

import pytest

from vaultio import InvalidArgumentError
from vaultio.migration.layout import Template, attachment_path, rendition_folder
from vaultio.models import Document


def document(**values: object) -> Document:
    """Make a document at version 1.2."""
    wanted = {"id": 7, "major_version": 1, "minor_version": 2, "filename": "Plan.docx", **values}
    return Document(**wanted)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("{id}/{version}/{filename}", "7/1.2/Plan.docx"),
        ("{type__v}/{id}-{major}.{minor}/{filename}", "SOP/7-1.2/Plan.docx"),
        ("{id}-{version}-{filename}", "7-1.2-Plan.docx"),
        ("{none__c}/{id}/v{version}.bin", "none/7/v1.2.bin"),
        ("{country__v}/{id}/{version}/{name}", "DE, FR/7/1.2/document-7"),
    ],
)
def test_a_template_is_filled(template: str, path: str) -> None:
    """Fields of the document stand where the template names them."""
    fields = {"type__v": "SOP", "country__v": ["DE", "FR"]}

    assert Template(template).source(document(), fields) == path


@pytest.mark.parametrize(
    "template",
    [
        "",
        "{filename}",
        "{id}/{filename}",
        "{version}/{filename}",
        "{id}{version}/{filename}",
        "{name}-{id}/{version}/{filename}",
        "/{id}/{version}/{filename}",
        "{id}/../{version}/{filename}",
        "{id}/{version}/{filename",
        "{id}/{version}/{file-name}",
        "{id}/{version}/{}",
        "{id}\\{version}\\{filename}",
    ],
)
def test_a_template_that_cannot_be_meant(template: str) -> None:
    """What would leave the folder, or put two versions at one place, is refused at once."""
    with pytest.raises(InvalidArgumentError, match="template"):
        Template(template)


@pytest.mark.parametrize("value", ["../../x", "/etc", "..", "a/b", "CON", "x" * 400, "\x00"])
def test_a_field_cannot_lead_out(value: str) -> None:
    """A field is one name, whatever is in it."""
    template = Template("{type__v}/{id}/{version}/{filename}")

    parts = template.source(document(), {"type__v": value}).split("/")

    assert len(parts) == 4
    assert parts[0] not in {"", ".", ".."}
    assert len(parts[0].encode()) <= 240


def test_what_lies_beside_a_file() -> None:
    """Other files of a version lie in its folder if that is its own, else in the default one."""
    known = document()

    assert Template("{type__v}/{id}/{version}/{filename}").version_folder(known, {}) == (
        "none/7/1.2/"
    )
    assert Template("{id}-{version}-{filename}").version_folder(known, {}) == "7/1.2/"
    assert rendition_folder("7/1.2/", "viewable__v") == "7/1.2/renditions/viewable__v/"
    assert rendition_folder("7/1.2/", "a/b") != rendition_folder("7/1.2/", "a_b")
    assert attachment_path(7, 3, 2, "../a.txt").startswith("7/attachments/3/2/")


@pytest.mark.parametrize("name", ["renditions", "Attachments", "annotations.pdf"])
def test_a_source_file_never_takes_the_place_of_others(name: str) -> None:
    """A file that is called as the folder beside it gets another name."""
    assert Template().source(document(filename=name), {}) == f"7/1.2/_{name}"
