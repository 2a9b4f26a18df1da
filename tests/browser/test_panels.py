"""Each panel shows what a call has just done, and its buttons do what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import httpx
import pytest

from tests.browser.conftest import DOCUMENTS, NewDocument
from vaultio.sandbox.faults import Kind

sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra `browser`")
if TYPE_CHECKING:
    from playwright.sync_api import Page, expect
else:
    expect = sync_api.expect

pytestmark = pytest.mark.alone

IDS = {"X-VaultAPI-ReferenceId": "ref-4711"}


def test_the_last_calls(page: Page, api: httpx.Client) -> None:
    """A call comes on top, with what came of it and its reference id."""
    api.get(f"{DOCUMENTS}/9999", headers=IDS)

    row = page.locator("#calls-rows tr", has_text="ref-4711")
    expect(row.first).to_contain_text("/v11.0/objects/documents/9999")
    expect(row.first.locator(".status")).to_have_text("200")
    expect(row.first.locator(".type")).to_have_text("INVALID_DOCUMENT")


def test_calls_are_held(page: Page, api: httpx.Client) -> None:
    """A list that is held stays as it is, says how much it misses, and goes on."""
    first = page.locator("#calls-rows tr").first
    expect(first).to_contain_text("/auth")
    page.get_by_role("button", name="Pause").click()
    before = page.locator("#calls-rows tr").count()
    api.get(DOCUMENTS, headers=IDS)

    expect(page.locator("#calls-pause")).to_have_text("Go on (1 new)")
    assert page.locator("#calls-rows tr").count() == before
    page.locator("#calls-pause").click()
    expect(first).to_contain_text("ref-4711")


def test_only_what_failed(page: Page, api: httpx.Client) -> None:
    """The list can be cut down to failures."""
    api.get(f"{DOCUMENTS}/9999")
    api.get(DOCUMENTS)
    expect(page.locator("#calls-rows tr").first.locator(".type")).to_have_text("SUCCESS")
    page.get_by_label("Only what failed").check()

    expect(page.locator("#calls-rows [data-outcome=ok]")).to_have_count(0)
    expect(page.locator("#calls-rows tr").first.locator(".type")).to_have_text("INVALID_DOCUMENT")


def test_the_quota_moves(page: Page, api: httpx.Client) -> None:
    """Calls go from the burst and from the daily window, and stand in the picture."""
    meter = page.get_by_role("meter", name="Burst")
    before = int(meter.get_attribute("aria-valuenow") or 0)
    for _ in range(7):
        api.get(DOCUMENTS)

    # The window may turn meanwhile: then there are only those of the new one.
    page.wait_for_function(
        "before => { const now = +document.querySelector('#burst .meter').ariaValueNow;"
        " return now >= before + 7 || (now < before && now > 0) }",
        arg=before,
    )
    expect(page.locator("#burst .turns")).to_contain_text("Turns in")
    assert page.locator("#pulse rect:not([height='0'])").count() > 0


def test_a_job_advances(page: Page, api: httpx.Client) -> None:
    """It is seen on its way, and finished by the button."""
    actions = f"{DOCUMENTS}/1/versions/0/1/lifecycle_actions"
    listed = api.get(actions).json()["lifecycle_actions__v"]
    copy = next(one for one in listed if one["lifecycle_action_type__v"] == "controlledCopy")
    job_id = api.put(f"{actions}/{copy['name__v']}").json()["job_id"]
    job = page.locator("#jobs-list li", has_text=f"Job {job_id}")

    expect(job.locator(".chip")).to_have_text("RUNNING")
    page.get_by_role("button", name="Finish all now").click()
    expect(job.locator(".chip")).to_have_text("SUCCESS")


def test_sessions_end(page: Page, api: httpx.Client) -> None:
    """Who is logged in is shown; the button ends it for good."""
    expect(page.locator("#sessions-list li").first).to_contain_text("ana@example.com")
    page.get_by_role("button", name="End all").click()

    expect(page.locator("#sessions-none")).to_be_visible()
    assert api.get(DOCUMENTS).json()["errors"][0]["type"] == "INVALID_SESSION_ID"


def test_a_new_document(page: Page, create: NewDocument, api: httpx.Client) -> None:
    """It stands on top; its files come as they are; what is changed is seen while it is open."""
    number = create("Plan for Graz", content=b"the plan for Graz")
    expect(page.locator("#documents-rows tr").first).to_contain_text("Plan for Graz")
    page.get_by_label("Search documents").fill("protocol graz")
    expect(page.locator("#documents-found")).to_have_text("1 document found")
    page.get_by_role("button", name="Plan for Graz").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="plan.txt", exact=True).click()
    api.post(f"{DOCUMENTS}/{number}/attachments", files={"file": ("notes.txt", b"notes")})

    assert download.value.path().read_bytes() == b"the plan for Graz"
    expect(page.get_by_role("dialog").get_by_role("link", name="notes.txt")).to_be_visible()


def test_a_fault_from_the_page(page: Page, api: httpx.Client) -> None:
    """Switched on it hits the next call that fits, once; the list says so."""
    page.get_by_label("What goes wrong").select_option("failure")
    page.get_by_label("Error type").fill("OPERATION_NOT_ALLOWED")
    page.get_by_label("Path", exact=True).fill("/objects/documents/7")
    page.get_by_role("button", name="Switch on").click()
    expect(page.locator("#fault-said")).to_contain_text("Switched on")
    told = [api.get(f"{DOCUMENTS}/{number}").json() for number in (6, 7, 7)]

    assert [one["responseStatus"] for one in told] == ["SUCCESS", "FAILURE", "SUCCESS"]
    assert told[1]["errors"][0]["type"] == "OPERATION_NOT_ALLOWED"
    expect(page.locator("#faults-list li")).to_contain_text("hit 1 time")
    expect(page.locator("#calls-rows .fault").first).to_have_text("fault: failure")


def test_a_fault_is_switched_off(page: Page, api: httpx.Client) -> None:
    """One of two for all calls goes, the other stays."""
    for status in (502, 503):
        path = f"/objects/documents/{status - 500}"
        api.post(
            "/sandbox/faults",
            json={"kind": "status", "status": status, "count": None, "path": path},
        )
    row = page.locator("#faults-list li", has_text="502")
    row.get_by_role("button", name="Switch off").click()
    expect(row).to_have_count(0)

    assert [api.get(f"{DOCUMENTS}/{number}").status_code for number in (2, 3)] == [200, 503]


def test_all_faults_are_offered(page: Page, api: httpx.Client) -> None:
    """Each kind goes in from the form as it stands, and all go by one button."""
    kinds = page.locator("#fault-kind")
    for kind in get_args(Kind):
        kinds.select_option(kind)
        page.get_by_role("button", name="Switch on").click()
        expect(page.locator("#faults-list li")).to_have_count(get_args(Kind).index(kind) + 1)
    listed = api.get("/sandbox/faults").json()["faults"]
    page.get_by_role("button", name="Switch all off").click()

    assert [one["kind"] for one in listed] == list(get_args(Kind))
    expect(page.locator("#faults-list li")).to_have_count(0)
