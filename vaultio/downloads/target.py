"""Where a file goes: a folder or a file name, what is there already, and the last step.

Everything here blocks and is called in threads only.
"""

from __future__ import annotations

import errno
import itertools
import os
import threading
from pathlib import Path
from typing import Literal, get_args

from attrs import evolve, frozen

from vaultio.downloads.names import numbered
from vaultio.errors import InvalidArgumentError, TargetExistsError

OnExists = Literal["error", "skip", "replace", "unique"]
"""What to do about a file of the same name: raise `TargetExistsError`, leave it and fetch
nothing, put the new one in its place, or call the new one ``name (2).ext``."""

_NO_HARD_LINKS = frozenset(
    {
        errno.EPERM,  # FAT and exFAT on Linux
        errno.EACCES,  # Android
        errno.EINVAL,  # FAT on Windows
        errno.EMLINK,
        errno.ENOSYS,
        errno.ENOTSUP,
        errno.EOPNOTSUPP,
    }
)

_RENAMING = threading.Lock()  # to look and to rename are two steps: one download at a time


@frozen
class Target:
    """A place on disk: *folder* and, once it is known, the *name* in it."""

    folder: Path
    name: str | None
    on_exists: OnExists
    is_free: bool = False
    """Whether nothing of that name was there a moment ago."""

    @classmethod
    def of(cls, to: str | os.PathLike[str], on_exists: OnExists) -> Target:
        """Read *to*: an existing folder or a text with a separator at its end is a folder.

        Raises `InvalidArgumentError` for what names nothing.
        """
        if on_exists not in get_args(OnExists):
            raise InvalidArgumentError(
                f"on_exists is one of {get_args(OnExists)}, not {on_exists!r}"
            )
        text = os.fspath(to)
        if not isinstance(text, str) or not text or "\0" in text:
            raise InvalidArgumentError(f"to= must name a folder or a file, not {to!r}")
        try:
            os.fsencode(text)
        except UnicodeError as error:
            raise InvalidArgumentError(f"no disk can hold the name {to!r}") from error
        path = Path(text)
        separators = (os.sep, os.altsep or os.sep)
        if text.endswith(separators) or path.name in {"", ".."}:
            return cls(path, None, on_exists)
        is_free = _is_free(path)
        if not is_free and path.is_dir():
            return cls(path, None, on_exists)
        return cls(path.parent, path.name, on_exists, is_free)

    def __str__(self) -> str:
        return str(self.path)

    @property
    def path(self) -> Path:
        """The file; the folder as long as the name is not known."""
        return self.folder if self.name is None else self.folder / self.name

    def called(self, name: str) -> Target:
        """Give the file *name* unless the user chose one."""
        return self if self.name is not None else evolve(self, name=name)

    @property
    def may_be_taken(self) -> bool:
        """Whether a file of that name, if there is one, would be in the way."""
        return self.on_exists in {"error", "skip"}

    @property
    def replaces(self) -> bool:
        """Whether a file of that name is overwritten."""
        return self.on_exists == "replace"

    def wanted(self) -> bool:
        """Look whether there is anything to fetch; False to skip.

        Raises `TargetExistsError` if the file is there and must not be, `OSError` if there
        cannot be such a file.
        """
        if self.name is None or not self.may_be_taken or self.is_free or _is_free(self.path):
            return True
        if self.on_exists == "error":
            raise TargetExistsError(f"{self} is there already")
        return False

    def publish(self, part: Path) -> Path | None:
        """Turn *part*, complete and closed, into the file in one step; return what it became.

        None if it was skipped because somebody else was faster. An existing file is only ever
        overwritten with ``"replace"``: a hard link cannot take a name that is taken. Where the
        disk has no hard links the name is looked at first and then taken by renaming: two
        programs that do so in the same microseconds can then overwrite each other's file,
        with a whole one.
        """
        if self.replaces:
            part.replace(self.path)
            return self.path
        for name in _choices(self.path.name, self.on_exists):
            if _take(part, self.folder / name):
                return self.folder / name
        if self.on_exists == "skip":
            return None
        raise TargetExistsError(f"{self} was made by somebody else in the meantime")


def _choices(name: str, on_exists: OnExists) -> itertools.chain[str]:
    more = map(numbered, itertools.repeat(name), itertools.count(2))
    return itertools.chain([name], more if on_exists == "unique" else ())


def _is_free(path: Path) -> bool:
    """Tell whether nothing is there, no dangling link; unlike `Path.exists` hide no error."""
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    return False


def _take(part: Path, path: Path) -> bool:
    """Give *part* a free name; False if it is not free."""
    try:
        os.link(part, path)
    except FileExistsError:
        # NFS: the link was made, its answer was lost, the repeated question found it there.
        return os.path.samestat(part.lstat(), path.lstat())
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        return _take_by_renaming(part, path)
    return True


def _take_by_renaming(part: Path, path: Path) -> bool:
    with _RENAMING:
        if not _is_free(path):
            return False
        part.rename(path)
        return True
