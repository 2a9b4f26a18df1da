"""XML with entities and bombs, cells that are formulas, VQL with quotes in its values.

XML of that kind is refused; a formula is guarded where people look at it, and is data elsewhere;
a quote is escaped, and comes back as it was.
"""

from __future__ import annotations

import csv
import io
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.transport.server import answers, client
from vaultio import NotVaultError, Vault, vql_text
from vaultio.cli.rows import Format, Listing, whole, write_rows
from vaultio.protocol.forms import csv_rows, csv_text
from vaultio.protocol.xml import read_xml_envelope
from vaultio.sandbox import Sandbox
from vaultio.sandbox.raw import RawServer, reply

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", " =1", "＝1", '=cmd|" /C calc"!A0']
OK = "<r><responseStatus>{}</responseStatus></r>"
BOMB = "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
XML = {
    "bomb": f'<!DOCTYPE r [<!ENTITY a "x">{BOMB}]>{OK.format("&i;")}',
    "quadratic": f'<!DOCTYPE r [<!ENTITY a "{"x" * 50_000}">]>{OK.format("&a;" * 5_000)}',
    "a file": f'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>{OK.format("&a;")}',
    "an address": f'<!DOCTYPE r [<!ENTITY a SYSTEM "http://127.0.0.1/">]>{OK.format("&a;")}',
    "parameter": f'<!DOCTYPE r [<!ENTITY % a SYSTEM "file:///x"> %a;]>{OK.format("SUCCESS")}',
    "a type alone": f'<!DOCTYPE r SYSTEM "http://127.0.0.1/x">{OK.format("SUCCESS")}',
    "unknown entity": OK.format("&nbsp;"),
    "unknown encoding": f'<?xml version="1.0" encoding="klingon"?>{OK.format("SUCCESS")}',
}  # fmt: skip


@pytest.mark.parametrize("name", XML)
async def test_hostile_xml_is_refused(name: str) -> None:
    """Nothing is expanded, read or fetched: the answer is none of Vault's."""
    answer = reply(XML[name].encode(), headers={"Content-Type": "application/xml"})
    async with RawServer(answers(answer)) as server, client(server, {"max_tries": 1}) as vault:
        with pytest.raises(NotVaultError):
            await vault.request("GET", "objects/documents/7", accept="application/xml")


def test_the_same_xml_without_the_attack_is_read() -> None:
    """The tests above can fail."""
    assert read_xml_envelope(OK.format("success").encode()).status == "SUCCESS"


@pytest.mark.parametrize("formula", FORMULAS)
def test_formulas_are_data_for_machines(formula: str) -> None:
    """What goes to Vault and comes from there is not changed."""
    assert list(csv_rows(csv_text([{"a": formula}], ["a"]))) == [{"a": formula}]


@pytest.mark.parametrize(("kind", "guard"), [("spreadsheet", "'"), ("csv", "")])
async def test_formulas_are_guarded_for_people(
    monkeypatch: pytest.MonkeyPatch, kind: Format, guard: str
) -> None:
    """In what is written for a spreadsheet they are texts; names of columns too."""
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    rows = [{"=a": formula, "b": "x=1"} for formula in FORMULAS]
    await write_rows(whole(rows), Listing(output=kind))
    cells = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert cells == [
        [f"{guard}{one}", b] for one, b in [("=a", "b"), *((f, "x=1") for f in FORMULAS)]
    ]


@settings(deadline=None)
@given(text=st.text())
@example(text="\\")
@example(text="\\' OR id > 0 OR name__v = '")
def test_a_quote_ends_no_text(text: str) -> None:
    """Read as VQL is read, what was quoted is one text, and the one that it was."""
    quoted, read, at = vql_text(text), "", 1
    while quoted[at] != "'":
        at += quoted[at] == "\\"
        read, at = read + quoted[at], at + 1
    assert (read, at) == (text, len(quoted) - 1)


@pytest.mark.parametrize("name", ["Ana's", "'", "\\", "\\'", "a' OR id > 0 OR name__v = 'b", "“”"])
async def test_a_query_finds_what_has_quotes(vault: Vault, sandbox: Sandbox, name: str) -> None:
    """The document of that name is found, and no other."""
    sandbox.documents.add("another", None)
    number = sandbox.documents.add(name, None)
    vql = f"SELECT id, name__v FROM documents WHERE name__v = {vql_text(name)}"
    assert [row async for row in vault.query(vql)] == [{"id": number, "name__v": name}]
