"""A browser, and a `vaultio sandbox` to look at: a process of its own, as a user has it.

Playwright's synchronous half keeps an event loop running; it is closed before tests elsewhere
start loops of their own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.cli.conftest import process

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

API = "/api/v11.0"
DOCUMENTS = f"{API}/objects/documents"
PATIENCE_MS = 20_000  # a shared machine may be slow
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Loading the page takes the processor longer than most tests: it is only set back.
_RESET = """() => {
  const one = (id) => document.getElementById(id);
  const tell = (id, name) => one(id).dispatchEvent(new Event(name));
  one("document").close();
  one("fault").reset();
  tell("fault-kind", "change");
  one("documents-search").value = "";
  tell("documents-search", "input");
  if (one("calls-failed").checked) one("calls-failed").click();
  if (one("calls-pause").ariaPressed === "true") one("calls-pause").click();
  while (!one("theme").textContent.endsWith("system")) one("theme").click();
}"""

NewDocument = Callable[..., int]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Start a headless Chromium, or skip."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra `browser`")
    program = os.environ.get("VAULTIO_TEST_CHROMIUM") or next(
        filter(None, map(shutil.which, _CHROMIUM)), None
    )
    if program is None:
        pytest.skip("needs Chromium; VAULTIO_TEST_CHROMIUM may name one")
    sync_api.expect.set_options(timeout=PATIENCE_MS)
    with sync_api.sync_playwright() as playwright:
        # Nobody's code but ours runs in it, and as root it would not start in its own sandbox.
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def url() -> Iterator[str]:
    """The address of a `vaultio sandbox`, shared by the tests and killed at the end."""
    running = process("sandbox", "--port", 0, "--quiet")
    assert running.stdout is not None
    yield running.stdout.readline().strip()
    running.kill()
    running.communicate()


@pytest.fixture
def api(url: str) -> Iterator[httpx.Client]:
    """Return a client that is logged in; faults and sessions are gone afterwards."""
    with httpx.Client(base_url=url, timeout=30) as client:
        login = {"username": "ana@example.com", "password": "secret"}
        answer = client.post(f"{API}/auth", data=login)
        client.headers["Authorization"] = answer.json()["sessionId"]
        yield client
        client.delete("/sandbox/faults")
        client.post("/sandbox/sessions/end")


@pytest.fixture
def create(api: httpx.Client) -> NewDocument:
    """Return what creates a document by the API and returns its id."""

    def create(name: str, file_name: str = "plan.txt", content: bytes = b"the plan") -> int:
        values = {"name__v": name, "type__v": "Protocol", "lifecycle__v": "General Lifecycle"}
        numbers = {"major_version_number__v": "0", "minor_version_number__v": "1"}
        files = {"file": (file_name, content)}
        answer = api.post(DOCUMENTS, data={**values, **numbers}, files=files).json()
        assert answer["responseStatus"] == "SUCCESS", answer
        return int(answer["id"])

    return create


class Watched:
    """What a page must not do: complain, fail, or ask anybody but the sandbox."""

    def __init__(self, url: str, context: BrowserContext) -> None:
        self.url = url
        self.wrong: list[str] = []
        self.page = context.new_page()
        context.on("console", self._console)
        context.on("weberror", lambda error: self.wrong.append(f"error: {error.error}"))
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        self.wrong.append(f"console {message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith(f"{self.url}/"):
            self.wrong.append(f"request: {request.url}")


@pytest.fixture(scope="package")
def watched(browser: Browser, url: str) -> Iterator[Watched]:
    """Open a tab and note what goes wrong in it. One for all tests: each costs a process."""
    # What moves is drawn again and again, which takes the processor's time and proves nothing.
    with browser.new_context(reduced_motion="reduce") as context:
        context.set_default_timeout(PATIENCE_MS)
        yield Watched(url, context)


@pytest.fixture
def page(watched: Watched, url: str) -> Iterator[Page]:
    """Return the sandbox's page, alive and as at a first visit; nothing may go wrong in it."""
    page = watched.page
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    if not page.url.startswith(url):
        visit(page, url)
    yield page
    page.evaluate(_RESET)
    wrong, watched.wrong = watched.wrong, []
    assert wrong == []


def visit(page: Page, url: str) -> None:
    """Go to a sandbox's page and wait until it lives."""
    page.goto(f"{url}/")
    page.locator("#link[data-state=live]").wait_for()
    page.locator("#documents-rows tr").first.wait_for()
