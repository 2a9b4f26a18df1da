"""Contents, the demo vault, the plugin, and what importing the sandbox takes."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import time
import zipfile

import pytest

from vaultio.sandbox import BytesContent, Content, GeneratedContent, Sandbox, ZipContent


@pytest.mark.parametrize(
    "content",
    [
        GeneratedContent(200_001, seed=5, magic=b"%PDF"),
        GeneratedContent(0),
        GeneratedContent(3),
        BytesContent(bytes(range(256)) * 1000),
        ZipContent([("a.txt", BytesContent(b"a" * 70_000)), ("ä/b", GeneratedContent(100_000))]),
    ],
)
def test_content_from_any_offset(content: Content) -> None:
    """Wherever reading starts, the bytes are those of the whole; size and MD5 are true."""
    whole = content.read()

    assert (content.size, content.md5) == (len(whole), hashlib.md5(whole).hexdigest())
    for start in (0, 1, 65_535, 65_536, 65_537, max(0, len(whole) - 1), len(whole)):
        assert b"".join(content.blocks(start)) == whole[start:]


def test_generated_content_follows_from_its_seed() -> None:
    """The same seed gives the same bytes, another seed others, and no two blocks are alike."""
    one, same, other = (GeneratedContent(300_000, seed) for seed in (1, 1, 2))

    assert one.md5 == same.md5 != other.md5
    assert len(set(one.blocks())) == len(list(one.blocks()))


def test_an_archive_is_a_real_one() -> None:
    """What is made while it is read can be opened."""
    content = ZipContent([("a/b.txt", BytesContent(b"text")), ("empty", BytesContent(b""))])

    with zipfile.ZipFile(io.BytesIO(content.read())) as archive:
        assert archive.testzip() is None
        assert archive.read("a/b.txt") == b"text"


def test_the_demo_vault() -> None:
    """It starts in no time, holds what a tour needs, and is the same each time."""
    began = time.perf_counter()
    demo, again = Sandbox.demo(), Sandbox.demo()
    took_s = time.perf_counter() - began

    versions = [version for document in demo.documents for version in document.versions]
    sizes = [version.source.content.size for version in versions if version.source]
    assert took_s < 1
    assert len(demo.documents) >= 40
    assert 120e6 < sum(sizes) < 160e6
    assert demo.documents[5].latest.created == again.documents[5].latest.created
    assert demo.documents[5].latest.source.content.md5 == (  # type: ignore[union-attr]
        again.documents[5].latest.source.content.md5  # type: ignore[union-attr]
    )


def test_the_demo_vault_has_odd_ones() -> None:
    """Binders, a placeholder, an empty file, attachments on records."""
    demo = Sandbox.demo()
    files = [document.latest.source for document in demo.documents if not document.binder]

    assert sum(document.binder for document in demo.documents) == 2
    assert files.count(None) == 1
    assert any(file is not None and file.content.size == 0 for file in files)
    assert all(len(one.attachments) for one in demo.records["site__v"].records.values())


def test_the_demo_vault_has_filled_binders() -> None:
    """One holds sections with documents, the other holds that one."""
    demo = Sandbox.demo()
    binders = [document for document in demo.documents if document.binder]

    kinds = [[node.kind for node in demo.binders.tree(binder).below()] for binder in binders]
    assert (kinds[0].count("section"), kinds[0].count("document")) == (3, 12)
    assert kinds[1] == ["binder"]


def test_the_fixture(vault_sandbox: Sandbox) -> None:
    """The plugin's fixture is a fresh sandbox."""
    assert (len(vault_sandbox.documents), vault_sandbox.quota.calls) == (0, 0)


@pytest.mark.parametrize("module", ["vaultio.sandbox", "vaultio.sandbox.pytest_plugin"])
def test_what_an_import_takes(module: str) -> None:
    """Neither the sandbox nor its plugin loads a web server."""
    code = f"import sys, {module}; print(sorted({{'starlette', 'uvicorn'}} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where uvicorn is missing, serving says what to install."""
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "vaultio.sandbox.asgi", raising=False)

    with pytest.raises(ImportError, match=r'pip install "vaultio\[sandbox\]"'):
        Sandbox().serve()
