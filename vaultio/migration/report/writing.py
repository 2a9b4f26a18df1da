"""Writes the files of a report beside its manifest: also while a job runs, or after a kill."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from typing import Literal, get_args

from vaultio.errors import InvalidArgumentError
from vaultio.migration.disk import in_thread
from vaultio.migration.manifest import NAME, Manifest
from vaultio.migration.report.as_csv import csv_text
from vaultio.migration.report.as_html import html_text
from vaultio.migration.report.as_json import json_text
from vaultio.migration.report.files import write_file
from vaultio.migration.report.numbers import Summary, summarised
from vaultio.migration.report.rows import Items

ReportFormat = Literal["html", "json", "csv"]
REPORT_NAME = "vaultio-report"

_ALL: tuple[ReportFormat, ...] = get_args(ReportFormat)


async def summarise(place: str | os.PathLike[str]) -> Summary:
    """Sum up a job from its manifest: *place* is that file, or the folder it is in.

    Nothing is changed. Raises `InvalidArgumentError` if there is no manifest.
    """
    async with Manifest(await manifest_path(place)) as manifest:
        return await summarised(manifest)


async def write_report(
    place: str | os.PathLike[str],
    *,
    formats: Collection[ReportFormat] = _ALL,
    to: str | os.PathLike[str] | None = None,
    items: Items = "all",
) -> tuple[Path, ...]:
    """Write ``vaultio-report.html``, ``.json`` and ``.csv`` and return their paths.

    *place* is a manifest, or the folder it is in; *to* another folder to write to. The CSV has a
    line for each item, or with *items* ``"failed"`` for those. Each file takes its name once it is
    whole. Raises `TargetError` if the disk refuses one; those before it are there.
    """
    unknown = set(formats) - set(_ALL)
    if unknown:
        raise InvalidArgumentError(f"a report is html, json or csv, not {', '.join(unknown)}")
    path = await manifest_path(place)
    folder = path.parent if to is None else Path(to)
    async with Manifest(path) as manifest:
        return await write_files(manifest, folder, formats, items=items)


async def write_files(
    manifest: Manifest,
    folder: Path,
    formats: Collection[ReportFormat] = _ALL,
    *,
    items: Items = "all",
) -> tuple[Path, ...]:
    """Write the report of an open manifest, as `write_report` does."""
    written = list[Path]()
    for name in (one for one in _ALL if one in formats):
        file = folder / f"{REPORT_NAME}.{name}"
        text = report_text(manifest, name, items=items)
        await write_file(file, text, encoding=encoding_of(name))
        written.append(file)
    return tuple(written)


async def report_text(
    manifest: Manifest, name: ReportFormat, *, items: Items = "all"
) -> AsyncIterator[str]:
    """Yield a report in pieces."""
    if name == "csv":
        async for piece in csv_text(manifest, items=items):
            yield piece
        return
    summary = await summarised(manifest)
    if name == "json":
        async for piece in json_text(manifest, summary):
            yield piece
        return
    yield await in_thread(lambda _: "".join(html_text(summary)))


def encoding_of(name: ReportFormat) -> str:
    """Name the encoding of a report's file; spreadsheets know UTF-8 by its mark alone."""
    return "utf-8-sig" if name == "csv" else "utf-8"


async def manifest_path(place: str | os.PathLike[str]) -> Path:
    """Find the manifest: *place* is that file, or the folder it is in."""
    path = Path(place)
    is_folder = await in_thread(lambda _: path.is_dir())
    return path / NAME if is_folder else path
