"""The page behaves: hostile texts, small windows, dark rooms, keyboards, restarts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from anyio.from_thread import start_blocking_portal

from tests.browser.conftest import DOCUMENTS, NewDocument, visit
from vaultio.sandbox import Sandbox

sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra `browser`")
if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, expect
else:
    expect = sync_api.expect

pytestmark = pytest.mark.alone

HOSTILE = "<img src=x onerror=window.hit=1><script>window.hit=1</script>"
LONG = "Unbreakable" * 20

# The contrast of each text against what lies behind it, and the smallest one with its text.
CONTRAST = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const part = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = rgba(getComputedStyle(node).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return rgba("Canvas");
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !node.checkVisibility()) continue;
    const [one, other] = [light(rgba(getComputedStyle(node).color)), light(behind(node))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    found.push([ratio, texts.currentNode.data]);
  }
  return found.sort((one, other) => one[0] - other[0])[0];
}"""

UNNAMED = """() => [...document.querySelectorAll("input, select, button, a, meter, [role=meter]")]
  .filter((one) => one.checkVisibility())
  .filter((one) => !(one.labels?.length || one.ariaLabel || one.textContent.trim()))
  .map((one) => one.outerHTML)"""


def _fill(api: httpx.Client, create: NewDocument) -> None:
    """Let something stand in each panel, with names that try everything."""
    number = create(HOSTILE + LONG, f"{HOSTILE}{LONG[:100]}.html", HOSTILE.encode())
    api.post(f"{DOCUMENTS}/{number}/attachments", files={"file": (HOSTILE + ".html", b"x")})
    api.get(f"{DOCUMENTS}/{HOSTILE}{LONG}", headers={"X-VaultAPI-ReferenceId": HOSTILE + LONG})
    for path in (HOSTILE + LONG, "/objects/documents/9999"):
        fault = {"kind": "failure", "type": HOSTILE, "path": path}
        api.post("/sandbox/faults", json={**fault, "message": HOSTILE})
    api.get(f"{DOCUMENTS}/9999")
    listed = api.get(f"{DOCUMENTS}/1/versions/0/1/lifecycle_actions").json()
    for action in listed["lifecycle_actions__v"]:
        if action["lifecycle_action_type__v"] == "controlledCopy":
            api.put(f"{DOCUMENTS}/1/versions/0/1/lifecycle_actions/{action['name__v']}")


def test_hostile_names(page: Page, api: httpx.Client, create: NewDocument) -> None:
    """Whatever a call brought is shown as it is written, in each place, and does nothing."""
    _fill(api, create)
    for place in ("#documents-rows", "#calls-rows .call", "#calls-rows .type", "#faults-list"):
        expect(page.locator(place, has_text=HOSTILE).first).to_be_visible()
    page.locator("#documents-rows .open").first.click()
    links = page.get_by_role("dialog").get_by_role("link")
    expect(links.first).to_contain_text(HOSTILE)

    assert page.evaluate("[window.hit, document.images.length]") == [None, 1]
    with page.expect_download() as download:
        links.first.click()
    assert download.value.path().read_text() == HOSTILE


@pytest.mark.parametrize("width", [390, 1280])
def test_no_sideways_scroll(page: Page, api: httpx.Client, create: NewDocument, width: int) -> None:
    """Nothing is wider than the window, whatever its length; the dialog neither."""
    page.set_viewport_size({"width": width, "height": 800})
    _fill(api, create)
    page.locator("#documents-rows .open", has_text=LONG).first.wait_for()
    page.locator("#calls-rows tr", has_text=LONG).first.wait_for()

    widths = (
        "['html', '.scroll', '#faults-list', '#document'].map(name => document.querySelector(name))"
    )
    script = (
        f"() => {widths}.filter(one => one.scrollWidth > one.clientWidth).map(one => one.tagName)"
    )
    assert page.evaluate(script) == []
    page.locator("#documents-rows .open", has_text=LONG).first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Source file")
    assert page.evaluate(script) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(page: Page, api: httpx.Client, create: NewDocument, scheme: str) -> None:
    """All text can be read, in the light and in the dark: 4.5 to 1 at least."""
    page.emulate_media(
        color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
    )
    _fill(api, create)
    expect(page.locator("#calls-rows tr", has_text="9999").first).to_be_visible()
    expect(page.locator("#jobs-list li").first).to_be_visible()
    ratio, text = page.evaluate(CONTRAST)
    assert ratio >= 4.5, text

    page.locator("#documents-rows .open").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Source file")
    ratio, text = page.evaluate(CONTRAST)
    assert ratio >= 4.5, text


def test_the_theme_is_kept(page: Page) -> None:
    """The button overrules the system, and the next visit knows."""
    ground = "getComputedStyle(document.body).backgroundColor"
    page.emulate_media(color_scheme="light")
    light = page.evaluate(ground)
    for said in ("light", "dark"):
        page.get_by_role("button", name="Theme").click()
        expect(page.locator("#theme")).to_have_text(f"Theme: {said}")
    dark = page.evaluate(ground)
    page.reload()

    expect(page.locator("#theme")).to_have_text("Theme: dark")
    assert light != dark == page.evaluate(ground)


def test_by_keyboard(page: Page, api: httpx.Client) -> None:
    """A document opens, closes and gives the focus back; all that can be used has a name."""
    first = page.locator("#documents-rows .open").first
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#document-title")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(first).to_be_focused()
    page.locator("#fault-kind").focus()
    for _ in range(9):  # over all fields of a refusal to the button
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#faults-list li")).to_have_count(1)
    assert page.evaluate(UNNAMED) == []


def test_it_is_quiet(page: Page, api: httpx.Client, create: NewDocument) -> None:
    """Who has the page read out hears what was asked for, and not each call that comes in."""
    page.evaluate(
        """() => { window.heard = 0; const ears = new MutationObserver(() => { window.heard += 1 });
        const live = document.querySelectorAll("[role=status], [role=alert], [aria-live=polite]");
        live.forEach(one => ears.observe(one, { subtree: true, childList: true })) }"""
    )
    create("A quiet one")
    api.get(f"{DOCUMENTS}/9999")
    expect(page.locator("#documents-rows tr").first).to_contain_text("A quiet one")
    assert page.evaluate("heard") == 0

    page.get_by_label("Search documents").fill("quiet")
    expect(page.locator("#documents-found[aria-live=polite]")).to_have_text("1 document found")


def test_nothing_flickers(page: Page, api: httpx.Client) -> None:
    """What is the same is not made again: rows stay, with the focus and a selection in them."""
    api.get(DOCUMENTS, headers={"X-VaultAPI-ReferenceId": "first"})
    row = page.locator("#calls-rows tr", has_text="first").first
    row.evaluate("row => { row.mine = true }")
    name = page.locator("#documents-rows .open").last
    name.evaluate("name => { name.mine = true; name.focus() }")
    for _ in range(2):
        api.put(f"{DOCUMENTS}/1", data={"title__v": "Another"})
        api.get(DOCUMENTS, headers={"X-VaultAPI-ReferenceId": "later"})
        page.locator("#calls-rows tr", has_text="later").first.wait_for()

    assert row.evaluate("row => row.mine") is True
    assert name.evaluate("name => name.mine && document.activeElement === name") is True


@contextmanager
def _serving(port: int) -> Iterator[str]:
    """Serve a sandbox that can be ended and replaced, and yield its address."""
    with start_blocking_portal() as portal:
        with portal.wrap_async_context_manager(Sandbox.demo().serve(port)) as url:
            yield url


def test_a_restart(browser: Browser) -> None:
    """Without the sandbox it says so and waits; the next one there it shows from the start."""
    with browser.new_page() as page:
        with _serving(0) as url:
            visit(page, url)
            httpx.get(f"{url}/api/v11.0/objects/users", headers={"X-VaultAPI-ReferenceId": "old"})
            expect(page.locator("#calls-rows")).to_contain_text("old")
        expect(page.locator("#link")).to_have_text("Not reachable, trying again")
        with _serving(int(url.rpartition(":")[2])):
            expect(page.locator("#link")).to_have_text("Live")
            expect(page.locator("#calls-none")).to_be_visible()
            httpx.get(f"{url}/api/v11.0/objects/users", headers={"X-VaultAPI-ReferenceId": "new"})
            expect(page.locator("#calls-rows tr")).to_have_count(1)
            expect(page.locator("#calls-rows")).to_contain_text("new")


def test_another_page_cannot_switch(browser: Browser, url: str, api: httpx.Client) -> None:
    """A page from elsewhere, open in the same browser, sends a form to the controls in vain."""
    with browser.new_page() as page:
        page.goto(f"{url.replace('127.0.0.1', 'localhost')}/api")
        script = (
            "url => fetch(url, {method: 'POST', mode: 'no-cors', body: '{\"kind\": \"empty\"}'})"
        )
        reply = page.evaluate(f"async url => (await ({script})(url)).type", f"{url}/sandbox/faults")

    assert reply == "opaque"
    assert api.get("/sandbox/faults").json()["faults"] == []
