"""Faults on demand: what may go wrong between a client and Vault, as often as a test wants."""

from __future__ import annotations

import fnmatch
import itertools
import json
import math
import random
import re
from collections.abc import Iterator
from typing import Any, Literal, get_args
from urllib.parse import unquote

from attrs import asdict, define, field, fields_dict

from vaultio.sandbox.wire import SandboxRequest

Kind = Literal[
    "failure",
    "end_session",
    "status",
    "html",
    "empty",
    "cut",
    "wrong_length",
    "lost_answer",
    "stall",
    "drip",
    "delay",
    "file_name",
    "json",
    "reference_id",
    "downtime",
]
# These add to whatever else happens; of all others a call takes one, and the rest wait their turn.
_COMBINED = ("stall", "drip", "delay", "file_name", "reference_id")
_API_PREFIX = re.compile(r"/api/v[\d.]+(?=/)")


@define(kw_only=True)
class Fault:
    """One fault: what happens, to which calls, how often.

    *path* is a shell pattern (``*`` crosses slashes) for the decoded path, with or without
    ``/api/{version}``. *share* below 1 hits only that part of the calls, drawn at random, the
    same ones for the same *seed*. *count* None means always, which is the default where a *share*
    is given and 1 elsewhere; *skip* lets that many calls pass first. The further values belong to
    single kinds, see `Faults`. *id* is given when it is added, *hits* are the calls it has hit.
    """

    kind: Kind
    method: str = "*"
    path: str = "*"
    share: float = field(default=1.0)
    seed: int | None = None
    count: int | None = field()
    skip: int = 0
    type: str = "UNEXPECTED_ERROR"
    message: str = "A fault of the sandbox."
    status: int = 503
    body: str = "<html><body><h1>Service Unavailable</h1></body></html>"
    after_bytes: int = 0
    seconds: float = 3600.0
    bytes_per_second: float = 1024.0
    value: str = ""
    minutes: int = 60
    id: int = field(default=0, init=False)
    hits: int = field(default=0, init=False)
    _dice: random.Random = field(init=False, repr=False, eq=False)

    @count.default
    def _often(self) -> int | None:
        return 1 if self.share == 1 else None

    @share.validator
    def _is_a_part(self, _: object, share: float) -> None:
        if not 0 < share <= 1:
            raise ValueError(f"a share is more than 0 and at most 1, not {share}")

    @_dice.default
    def _seeded(self) -> random.Random:
        return random.Random(self.seed)

    def matches(self, request: SandboxRequest) -> bool:
        """Say whether the fault is meant for this call, whatever its count."""
        path = unquote(request.path)
        below = _API_PREFIX.sub("", path, count=1)
        return fnmatch.fnmatchcase(request.method, self.method) and (
            fnmatch.fnmatchcase(path, self.path) or fnmatch.fnmatchcase(below, self.path)
        )

    def take(self, request: SandboxRequest) -> bool:
        """Say whether this call is hit, and count it if so."""
        if self.count == 0 or not self.matches(request):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.share < 1 and self._dice.random() >= self.share:
            return False
        self.hits += 1
        if self.count is not None:
            self.count -= 1
        return True


class Faults:
    """The faults that wait for their calls; each method adds one and returns it.

    Two failures asked for in a row hit two calls in a row; a delay, a stall, a drip, a file name
    or a reference id goes together with any other fault on the same call.
    Every method takes ``method=``, ``path=``, ``count=`` (None is always), ``skip=``, ``share=``
    and ``seed=``.
    """

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def __len__(self) -> int:
        return len(self._faults)

    def add(self, fault: Fault) -> Fault:
        """Add a fault that was made elsewhere."""
        fault.id = next(self._ids)
        self._faults.append(fault)
        return fault

    def remove(self, fault_id: int) -> None:
        """Forget one fault, if it is still there."""
        self._faults = [fault for fault in self._faults if fault.id != fault_id]

    def clear(self) -> None:
        """Forget all faults."""
        self._faults.clear()

    def take(self, request: SandboxRequest) -> list[Fault]:
        """Return the faults that hit this call, the one in its header included."""
        header = request.headers.get("x-sandbox-fault")
        hit = [from_header(header)] if header else []
        for fault in self._faults:
            taken = any(one.kind not in _COMBINED for one in hit)
            if (fault.kind in _COMBINED or not taken) and fault.take(request):
                hit.append(fault)
        return hit

    def failure(self, error_type: str, message: str = "As asked for.", **match: Any) -> Fault:
        """Answer with a FAILURE of that type instead of doing anything."""
        return self.add(Fault(kind="failure", type=error_type, message=message, **match))

    def end_session(self, **match: Any) -> Fault:
        """End the caller's session just before the call."""
        return self.add(Fault(kind="end_session", **match))

    def status(self, status: int = 503, **match: Any) -> Fault:
        """Answer with an HTTP status and an HTML *body*, as a gateway does; nothing counts."""
        return self.add(Fault(kind="status", status=status, **match))

    def html(self, **match: Any) -> Fault:
        """Answer 200 with an HTML page."""
        return self.add(Fault(kind="html", status=200, **match))

    def empty(self, **match: Any) -> Fault:
        """Answer 200 with nothing in the body, after doing what was asked."""
        return self.add(Fault(kind="empty", **match))

    def cut(self, after_bytes: int = 0, **match: Any) -> Fault:
        """Cut the connection after so many bytes of a body without length."""
        return self.add(Fault(kind="cut", after_bytes=after_bytes, **match))

    def wrong_length(self, after_bytes: int = 0, **match: Any) -> Fault:
        """Declare the true length, then cut the connection after so many bytes."""
        return self.add(Fault(kind="wrong_length", after_bytes=after_bytes, **match))

    def lost_answer(self, **match: Any) -> Fault:
        """Do what was asked, for good, then cut the connection instead of answering.

        ``lost_answer(method="POST", share=0.05, seed=1)`` loses one answer in twenty.
        """
        return self.add(Fault(kind="lost_answer", **match))

    def stall(self, after_bytes: int = 0, seconds: float = 3600.0, **match: Any) -> Fault:
        """Stop for *seconds* after so many bytes of the body, then go on."""
        return self.add(Fault(kind="stall", after_bytes=after_bytes, seconds=seconds, **match))

    def drip(self, bytes_per_second: float = 1024.0, **match: Any) -> Fault:
        """Send the body that slowly."""
        return self.add(Fault(kind="drip", bytes_per_second=bytes_per_second, **match))

    def delay(self, seconds: float, **match: Any) -> Fault:
        """Wait before the answer."""
        return self.add(Fault(kind="delay", seconds=seconds, **match))

    def file_name(self, name: str, **match: Any) -> Fault:
        """Send this name in Content-Disposition."""
        return self.add(Fault(kind="file_name", value=name, **match))

    def json(self, error_type: str = "UNEXPECTED_ERROR", **match: Any) -> Fault:
        """Send a FAILURE as JSON where a file was asked for (the call itself counts)."""
        return self.add(Fault(kind="json", type=error_type, **match))

    def reference_id(self, value: str = "someone-else", **match: Any) -> Fault:
        """Echo another reference id than the caller's, as if answers were swapped."""
        return self.add(Fault(kind="reference_id", value=value, **match))

    def downtime(self, minutes: int = 60, **match: Any) -> Fault:
        """Answer 503 with X-VaultAPI-DowntimeExpectedDurationMinutes."""
        return self.add(Fault(kind="downtime", minutes=minutes, **match))


def from_mapping(values: dict[str, Any]) -> Fault:
    """Make a fault of JSON, or raise ValueError or TypeError."""
    if not isinstance(values, dict):
        raise TypeError("not a fault: it is no JSON object")
    known = {name: one for name, one in fields_dict(Fault).items() if one.init}
    unknown = sorted(set(values) - set(known))
    if unknown or values.get("kind") not in get_args(Kind):
        raise ValueError(f"not a fault: kind {values.get('kind')!r}, unknown keys {unknown}")
    for name, value in values.items():
        if not _fits(str(known[name].type), value):
            raise ValueError(f"not a fault: {name} cannot be {value!r}")
    return Fault(**values)


def _fits(wanted: str, value: object) -> bool:
    """Say whether a value of JSON is of a field's type; numbers are finite and not negative."""
    if value is None:
        return wanted == "int | None"
    if wanted in ("str", "Kind"):
        return isinstance(value, str)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return (wanted == "float" or isinstance(value, int)) and 0 <= value < math.inf


def from_header(text: str) -> Fault:
    """Make a fault of ``cut; after_bytes=1000``; values are JSON or bare words."""
    kind, *pairs = (part.strip() for part in text.split(";"))
    values: dict[str, Any] = {"kind": kind}
    for pair in pairs:
        name, _, value = pair.partition("=")
        values[name.strip()] = _read(name.strip(), value.strip())
    return from_mapping(values)


def _read(name: str, text: str) -> Any:
    known = fields_dict(Fault).get(name)
    if known is not None and str(known.type) == "str" and not text.startswith('"'):
        return text  # a name such as 2024 is a word
    try:
        return json.loads(text)
    except ValueError:
        return text


def describe(fault: Fault) -> dict[str, Any]:
    """Return a fault as JSON values."""
    return asdict(fault, filter=lambda attribute, _: not attribute.name.startswith("_"))
