"""Writes the site's source into a folder, has Sphinx build it, and checks what came out."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from benchmarks.simulation.command import main as simulator
from tests.layers import ROOT
from tests.site import api, operations, stories
from tests.site.links import broken
from tests.site.pages import Plan, Text

SETTINGS = ROOT / ".docs"
MADE = "limiter.svg"


def build(folder: Path) -> list[str]:
    """Build the site in *folder*/site; return what is wrong with it, beside what Sphinx says."""
    from sphinx.cmd.build import main as sphinx

    source, site = folder / "source", folder / "site"
    for old in (source, site):
        shutil.rmtree(old, ignore_errors=True)
    write(source)
    strict = ["-W", "--keep-going", "-n", "-q", "-j", str(min(os.cpu_count() or 1, 4))]
    if sphinx([*strict, "-b", "html", "-d", str(folder / "trees"), str(source), str(site)]):
        return ["the site was not built without a warning"]
    return broken(site)


def write(source: Path) -> None:
    """Write all that Sphinx reads."""
    text = Text.of(Plan.read(), (ROOT / "README.md").read_text("utf-8"))
    made = {"index.md": text.index()}
    made |= {f"{page.name}.md": text.page(page) for page in text.plan.pages if page.parts}
    made["operations.md"] = operations.page()
    told = stories.stories()
    made |= {f"stories/{Path(one.name).stem}.md": one.page() for one in told}
    made["stories/index.md"] = stories.index(told)
    made |= {f"api/{name}.rst": page for name, page in api.pages().items()}
    made |= {f"source/{path}.md": text.source(path) for path in sorted(text.sources)}
    for name, page in made.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, "utf-8")
    shutil.copy(SETTINGS / "conf.py", source)
    shutil.copytree(SETTINGS / "static", source / "static")
    (source / "pictures").mkdir()
    simulator(["picture", str(source / "pictures" / MADE), "--seconds", "20"])
    for picture in text.pictures:
        shutil.copy(ROOT / picture, source / "pictures")
