"""2,000 hostile names: inside the folder, valid on Windows, one file each, the extension kept.

The names of a server, and what a migration's template makes of them.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.faults.tools.leftovers import files
from tests.transport.server import answers, client
from vaultio import InvalidArgumentError
from vaultio.downloads import safe_name
from vaultio.migration.layout import Template, attachment_path, rendition_folder
from vaultio.models import Document
from vaultio.sandbox.raw import RawServer, reply

LISTED = [
    *("../../etc/passwd", "..\\..\\x.pdf", "/etc/x.pdf", "a/../../x.pdf", "..", ".", "....", "~"),
    *("C:x.pdf", "C:\\x.pdf", "\\\\host\\share\\x.pdf", "//host/x.pdf", "\\\\?\\C:\\x.pdf"),
    *("a\0.pdf", "a\n.pdf", "a\x1b[31m.pdf", "a\x7f\x85.pdf", "i\u202efdp.exe", "\u2066x.pdf"),
    *("CON", "con.pdf", "NUL.tar.gz", "COM1.pdf", "LPT¹.pdf", "CONIN$", "aux .pdf", "PRN."),
    *("x.pdf.", "x.pdf ", " x.pdf", ". .x.pdf", "x.pdf. . .", "a:b.pdf", 'a"b<c>|?*.pdf'),
    *("é" * 150 + ".pdf", "研" * 100 + ".docx", "x" * 300 + ".pdf", "😀" * 75, ".pdf"),
    *("x." + "p" * 300,),
    *("", " ", "\u200b", "vaultio-manifest.db", ".vaultio-0.part", "metadata", "renditions"),
    *("Plan.pdf", "plan.pdf", "PLAN.PDF", "Plan.pdf", "pla\u0301n.pdf", "pl\u00e1n.pdf"),
]  # fmt: skip
TEMPLATES = [
    "{id}/{version}/{filename}",
    "{id}-{version}-{filename}",
    "{name}/{id}/{version}",
    "{name}/{filename}/{id}/{version}.{filename}",
    "{own__c}/{id}_{major}_{minor}/{name}",
]
NAMES = st.one_of(
    st.sampled_from(LISTED),
    st.text(st.one_of(st.characters(), st.sampled_from("./\\:. \0CONcom1¹\u202e<é")), max_size=300),
    st.tuples(st.text(max_size=300), st.sampled_from([".pdf", ".docx", ".tar.gz"])).map("".join),
)
MANY = settings(deadline=None, max_examples=max(2000, settings().max_examples))


def check(*names: str) -> None:
    """Look whether each name is one component everywhere, and is no other thing on Windows."""
    for name in names:
        check_one(name)


def check_one(name: str) -> None:
    """Look at one name."""
    assert PurePosixPath("/in", name).parent == PurePosixPath("/in")
    assert PureWindowsPath("C:/in", name).parent == PureWindowsPath("C:/in")
    assert not PureWindowsPath(name).is_reserved()
    assert not set(name) & set('<>:"/\\|?*\u202e\u2066\u200b') | {c for c in name if c < " "}
    assert 0 < len(name.encode()) <= 240
    assert name == name.strip(". ")


@MANY
@given(name=NAMES)
@example(name="CON")
def test_a_name_is_one_file_in_the_folder(name: str) -> None:
    """Whatever it is; and its extension stays, if it is one."""
    safe = safe_name(name, "fallback")
    check(safe)
    for extension in (".pdf", ".docx"):
        if name.endswith(extension) and safe_name(name[: -len(extension)], "") != "download":
            assert safe.endswith(extension)


@settings(deadline=None)
@given(names=st.lists(NAMES, min_size=2, max_size=2), template=st.sampled_from(TEMPLATES))
def test_a_template_keeps_apart_what_is_not_the_same(names: list[str], template: str) -> None:
    """Two documents, two versions, two kinds of files: no path is another's, or its folder."""
    made, first = Template(template), names[0]
    paths = []
    for number, minor in ((7, 1), (7, 2), (8, 1)):
        known = Document(
            id=number, major_version=0, minor_version=minor, filename=first, name=names[1]
        )
        fields = {"own__c": names[1]}
        folder = made.version_folder(known, fields)
        paths += [made.source(known, fields), f"{folder}annotations.pdf"]
        paths += [f"{rendition_folder(folder, kind)}x" for kind in ("a__v", "A__v")]
        paths += [attachment_path(number, 3, minor, names[1])]
    check(*"/".join(paths).split("/"))
    folded = [f"{path.casefold()}/" for path in paths]
    assert len(set(folded)) == len(folded)
    assert not [1 for one in folded for other in folded if one != other and one.startswith(other)]


@pytest.mark.parametrize("template", ["{id}/{version}", "{id}/{major}.{minor}"])
def test_a_template_whose_file_is_the_folder_of_others(template: str) -> None:
    """It is refused: what belongs to the version could not be kept."""
    with pytest.raises(InvalidArgumentError, match="folder"):
        Template(template)


async def test_hostile_names_on_a_disk(tmp_path: Path) -> None:
    """Each of the listed names is one file more in the folder, and nothing lies outside it."""
    script = [
        reply(str(n).encode(), headers={"Content-Disposition": f"x; filename*={quoted(one)}"})
        for n, one in enumerate(LISTED)
    ]  # fmt: skip
    async with RawServer(answers(*script)) as server, client(server) as vault:
        for _ in LISTED:
            await vault.documents.download(7, to=f"{tmp_path}/in/", on_exists="unique")
    found = files(tmp_path / "in")
    assert sorted(map(int, found.values())) == list(range(len(LISTED)))
    assert list(files(tmp_path)) == ["in"]
    check(*found)


def quoted(name: str) -> str:
    """Write every byte of a name as in RFC 8187."""
    return "UTF-8''" + "".join(f"%{byte:02x}" for byte in name.encode())
