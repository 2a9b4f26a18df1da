"""What a file is called: names read from headers, and names made safe."""

from __future__ import annotations

import unicodedata
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vaultio.downloads.names import MAX_BYTES, disposition_name, numbered, safe_name


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment;filename="A B.zip"', "A B.zip"),
        ('attachment; filename="a.gz"', "a.gz"),
        ("attachment;filename*=UTF-8''55101-Log-2026-01-05.zip", "55101-Log-2026-01-05.zip"),
        ('form-data; name="attachment"; filename=x.zip', "x.zip"),
        ("attachment; filename=Study Plan v2.pdf", "Study Plan v2.pdf"),
        ("attachment; filename=Study Plan.pdf ; size=5", "Study Plan.pdf"),
        ('ATTACHMENT; FileName = "x.pdf"', "x.pdf"),
        ('attachment; filename="a;b=c.pdf"', "a;b=c.pdf"),
        (r'attachment; filename="say \"hi\".pdf"', 'say "hi".pdf'),
        ("filename=x.pdf", "x.pdf"),
        ('filename="x.pdf"; size=5', "x.pdf"),
        ("attachment; filename=first.pdf; filename=second.pdf", "first.pdf"),
    ],
)
def test_forms_that_vault_and_others_send(header: str, name: str) -> None:
    """Quoted, unquoted, with and without blanks: the name is found."""
    assert disposition_name(header) == name


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename=\"n.pdf\"; filename*=UTF-8''na%C3%AFve.pdf", "naïve.pdf"),
        ("attachment; filename*=utf-8'en'%e2%82%ac%20rates; filename=EURO", "€ rates"),
        ("attachment; filename*=ISO-8859-1''%A3.pdf", "£.pdf"),
        ("attachment; filename*=\"UTF-8''quoted%20anyway.pdf\"", "quoted anyway.pdf"),
        ("attachment; filename=ok.pdf; filename*=UTF-8''%FF.pdf", "ok.pdf"),
        ("attachment; filename=ok.pdf; filename*=UTF-8''%zz.pdf", "ok.pdf"),
        ("attachment; filename=ok.pdf; filename*=klingon''x.pdf", "ok.pdf"),
        ("attachment; filename=ok.pdf; filename*=x.pdf", "ok.pdf"),
    ],
)
def test_extended_names_come_first_if_they_can_be_read(header: str, name: str) -> None:
    """``filename*`` wins; if it is broken, ``filename`` is still there."""
    assert disposition_name(header) == name


@pytest.mark.parametrize("name", ["naïve.pdf", "Å", "à", "研究計画.pdf"])
def test_raw_utf8(name: str) -> None:
    """Raw UTF-8 is a name whether the HTTP library read it as such or as Latin-1."""
    header = f"attachment; filename={name}"

    assert disposition_name(header.encode().decode("latin-1")) == name


def test_latin1_stays_what_it_is() -> None:
    """Bytes that are no UTF-8 are read as the Latin-1 that HTTP once was."""
    assert disposition_name("attachment; filename=caf\xe9.pdf") == "café.pdf"


@pytest.mark.parametrize(
    "header",
    ['x; filename="=?UTF-8?B?bmHDr3ZlLnBkZg==?="', "x; filename==?utf-8?q?na=C3=AFve=2Epdf?="],
)
def test_encoded_words(header: str) -> None:
    """Names written as in mail are decoded."""
    assert disposition_name(header) == "naïve.pdf"


_BROKEN = """
attachment
;
attachment;
=;=
a; filename
a; name=x
a; filename=
a; filename=""
a; filename="  "
a; filename*=
a; filename="open
a; filename="a"b"
"""


@pytest.mark.parametrize("header", [None, *_BROKEN.split("\n")])
def test_broken_headers_have_no_name(header: str | None) -> None:
    """What cannot be read is no name, and no error either."""
    assert disposition_name(header) is None


def test_a_hostile_header_takes_no_time() -> None:
    """A header as long as HTTP allows is read in linear time."""
    for piece in ("a", ";", '"', "\\", "a=", 'filename="', "=?a?q?", " "):
        disposition_name("attachment; " + piece * (65536 // len(piece)))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Study Plan.pdf", "Study Plan.pdf"),
        ("../../x", "_.._x"),
        ("/etc/passwd", "_etc_passwd"),
        ("C:\\x", "C__x"),
        ("a.txt:hidden", "a.txt_hidden"),
        ("a\0b\r\n.pdf", "a_b__.pdf"),
        (" . .name. . ", "name"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("aux .tar.gz", "_aux .tar.gz"),
        ("COM¹", "_COM¹"),
        ("lpt9.log", "_lpt9.log"),
        ("console.txt", "console.txt"),
        ("e\u0301.pdf", "é.pdf"),
        ("half \ud83d.pdf", "half _.pdf"),
    ],
)
def test_safe_names(name: str, safe: str) -> None:
    """Nothing in a name leads elsewhere, hides, or is refused by Windows."""
    assert safe_name(name, "fallback") == safe


@pytest.mark.parametrize("name", [None, "", "..", " ", ". . .", "\u202e", "...."])
def test_nothing_left_of_a_name(name: str | None) -> None:
    """The fallback takes the place of a name that is none; it is made safe as well."""
    assert safe_name(name, "document/7") == "document_7"


def test_no_name_at_all() -> None:
    """There is always some name."""
    assert safe_name("..", "..") == "download"


@pytest.mark.parametrize(
    ("name", "end"), [("x" * 300 + ".pdf", "x.pdf"), ("é" * 150 + ".docx", "é.docx")]
)
def test_long_names_keep_their_extension(name: str, end: str) -> None:
    """Too long a name is cut between two characters, in front of the extension."""
    safe = safe_name(name, "f")

    assert 238 <= len(safe.encode()) <= 240
    assert safe.endswith(end)


def test_a_silly_extension_is_cut() -> None:
    """An extension of 300 bytes is none."""
    assert safe_name("a." + "b" * 300, "f") == "a." + "b" * 238


@pytest.mark.parametrize(
    ("name", "safe"),
    [("a", "a.zip"), ("a.ZIP", "a.ZIP"), ("v1.0", "v1.0.zip"), ("x" * 240, "x" * 236 + ".zip")],
)
def test_archives_end_in_zip(name: str, safe: str) -> None:
    """An archive without the extension gets it."""
    assert safe_name(name, "f", archive=True) == safe


def test_numbered_names_stay_short() -> None:
    """A number takes its room from the name, not from the extension."""
    assert numbered("x" * 236 + ".pdf", 12) == "x" * 231 + " (12).pdf"


_NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("./\\:. \0CONcom1¹\u202e\u0301<é\ud800"),
    ),
    max_size=300,
)


@settings(deadline=None)
@given(name=_NASTY, fallback=_NASTY, archive=st.booleans())
@example(name="COM1" + " " * 300 + "x.txt", fallback="", archive=False)
@example(name="CON." + "x" * 236, fallback="", archive=False)
@example(name="<\u202e\u0338", fallback="", archive=False)
def test_any_name_becomes_one_component(name: str, fallback: str, archive: bool) -> None:
    """Whatever comes, the result is one file inside the folder, and is its own result."""
    safe = safe_name(name, fallback, archive=archive)

    assert 0 < len(safe.encode()) <= MAX_BYTES
    assert (Path("/exports") / safe).parent == Path("/exports")
    assert PureWindowsPath("C:/exports", safe).parent == PureWindowsPath("C:/exports")
    assert not PureWindowsPath(safe).is_reserved()
    assert safe == safe.strip(". ")
    assert unicodedata.is_normalized("NFC", safe)
    assert safe_name(safe, fallback, archive=archive) == safe


@settings(deadline=None)
@given(header=st.text(max_size=80))
def test_any_header_is_read(header: str) -> None:
    """No header raises."""
    disposition_name("attachment; filename=" + header)
    disposition_name(header)
