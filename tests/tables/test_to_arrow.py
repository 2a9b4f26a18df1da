"""Queries as tables, and what other libraries make of them."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from vaultio import Vault
from vaultio.integrations.arrow import write_parquet
from vaultio.protocol.columns import selected
from vaultio.sandbox import Sandbox


@pytest.fixture
def filled(sandbox: Sandbox) -> Sandbox:
    """A vault of 450 documents, which are three pages."""
    for number in range(450):
        sandbox.documents.add(f"Plan {number}")
    return sandbox


@pytest.mark.usefixtures("filled")
async def test_a_query(vault: Vault) -> None:
    """All pages come in one table, in the query's order, with types."""
    vql = "SELECT name__v, id, version_modified_date__v FROM documents"
    table = await vault.query(vql).to_arrow()

    assert table.column_names == ["name__v", "id", "version_modified_date__v"]
    assert list(map(str, table.schema.types)) == ["string", "int64", "timestamp[ms, tz=UTC]"]
    assert table.column("id").to_pylist() == list(range(1, 451))


@pytest.mark.usefixtures("filled")
async def test_a_query_that_finds_nothing(vault: Vault, tmp_path: Path) -> None:
    """Its columns are there, in the table and in the file."""
    query = vault.query("SELECT name__v, id FROM documents WHERE id = 9999")

    table = await query.to_arrow()

    assert (table.num_rows, table.column_names) == (0, ["name__v", "id"])
    assert await write_parquet(query, tmp_path / "none.parquet") == 0
    assert pq.read_table(tmp_path / "none.parquet").column_names == ["name__v", "id"]


@pytest.mark.usefixtures("filled")
async def test_a_list_of_documents(vault: Vault) -> None:
    """Lists of values are tables too, by Vault's names."""
    table = await vault.documents.retrieve_all().to_arrow()

    assert table.num_rows == 450
    assert {"id", "name__v", "version_modified_date__v", "binder__v"} <= set(table.column_names)
    assert str(table.schema.field("version_modified_date__v").type).startswith("timestamp")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("library", ["polars", "pandas"])
async def test_other_libraries_read_it(vault: Vault, tmp_path: Path, library: str) -> None:
    """Polars and pandas take the table and the file as they are."""
    module = pytest.importorskip(library)
    query = vault.query("SELECT id, name__v, title__v FROM documents")
    await write_parquet(query, tmp_path / "rows.parquet")
    table = await query.to_arrow()

    frame = module.DataFrame(table) if library == "polars" else table.to_pandas()
    read = module.read_parquet(tmp_path / "rows.parquet")

    for one in (frame, read):
        assert list(one.columns) == ["id", "name__v", "title__v"]
        assert (len(one), one["id"].sum(), one["name__v"][0]) == (450, 450 * 451 // 2, "Plan 0")


@pytest.mark.parametrize(
    ("vql", "names"),
    [
        ("SELECT id, name__v FROM documents", ["id", "name__v"]),
        ("select id from documents where name__v = 'a, b FROM c'", ["id"]),
        ("SELECT id, name__v AS n FROM documents", ["id", "n"]),
        ("SELECT LATESTVERSION id, document__vr.name__v FROM x", ["id", "document__vr.name__v"]),
        ("SELECT TOLABEL(state__v), TONAME(a) AS b FROM x", ["state__v", "b"]),
        ("SELECT id, (SELECT a, b FROM rs__cr WHERE c = 'd)'), e FROM x", ["id", "rs__cr", "e"]),
        ("SHOW TARGETS", []),
        ("SELECT", []),
        ("SELECT (((, FROM FROM", []),
    ],
)
def test_columns_are_read_from_the_query(vql: str, names: list[str]) -> None:
    """Fields, aliases and relations are known without an answer; the rest is left out."""
    assert list(selected(vql)) == names
