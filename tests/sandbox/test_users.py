"""Users of the sandbox: what holds together as they come, change and go."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.conftest import API, LOGIN, error_of
from vaultio.sandbox import Sandbox

USERS = f"{API}/objects/users"
BO = {
    "user_name__v": "bo@example.com",
    "user_first_name__v": "Bo",
    "user_last_name__v": "Berg",
    "user_email__v": "bo@example.com",
    "user_timezone__v": "America/Denver",
    "user_locale__v": "en_US",
    "user_language__v": "en",
    "security_policy_id__v": "821",
}


async def create(client: httpx.AsyncClient, **more: str) -> int:
    """Create Bo with a multipart form, and return the id."""
    parts = {name: (None, value) for name, value in {**BO, **more}.items()}
    return int((await client.post(USERS, files=parts)).json()["id"])


async def fields_of(client: httpx.AsyncClient, user_id: int) -> dict[str, object]:
    """Retrieve the fields of one user."""
    answer = await client.get(f"{USERS}/{user_id}")
    return dict(answer.json()["users"][0]["user"])


async def test_pages(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The values of the page are echoed at the top, and each user is wrapped."""
    for number in range(4):
        sandbox.users.add(f"user{number}@example.com", "x")

    body = (await client.get(f"{USERS}?start=1&limit=2&sort=user_name__v%20desc")).json()

    assert {key: body[key] for key in ("size", "start", "limit", "sort")} == {
        "size": 2,
        "start": 1,
        "limit": 2,
        "sort": "user_name__v desc",
    }
    names = [item["user"]["user_name__v"] for item in body["users"]]
    assert names == ["user2@example.com", "user1@example.com"]


@pytest.mark.parametrize(
    "query", ["limit=x", "start=-1", "sort=id up", "sort=shoe_size__c asc", "vaults=7"]
)
async def test_parameters_that_make_no_sense(client: httpx.AsyncClient, query: str) -> None:
    """They are refused."""
    assert error_of(await client.get(f"{USERS}?{query}"))[0] == "INVALID_DATA"


async def test_other_vaults_are_for_administrators(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """Whoever does not administer all vaults asked for sees none of them."""
    sandbox.vaults.add("Other", vault_id=3003)
    sandbox.users["ana@example.com"].domain_admin = False

    answer = await client.get(f"{USERS}?vaults=3101,3003")

    assert error_of(answer)[0] == "INSUFFICIENT_ACCESS"
    assert (await client.get(f"{USERS}?vaults=3101")).json()["size"] == 1


async def test_created_is_active_with_defaults(client: httpx.AsyncClient) -> None:
    """A new user is in this vault, with the default profile and license."""
    bo = await fields_of(client, await create(client))

    assert (bo["vault_id__v"], bo["active__v"]) == ([3101], True)
    assert (bo["security_profile__v"], bo["license_type__v"]) == ("document_user__v", "full__v")
    assert (bo["federated_id__v"], bo["last_login__v"], bo["created_by__v"]) == ("", "", 46916)


async def test_domain_active_cannot_be_set_on_creation(client: httpx.AsyncClient) -> None:
    """As of API v8.0."""
    answer = await client.post(USERS, data={**BO, "domain_active__v": "true"})

    assert error_of(answer) == ("INVALID_DATA", "The field [domain_active__v] cannot be set.")


@pytest.mark.parametrize("name", BO)
async def test_required_fields(client: httpx.AsyncClient, name: str) -> None:
    """Each of the eight is asked for by its name."""
    answer = await client.post(USERS, data={**BO, name: " "})

    expected = f"Missing required parameter [{name}]."
    assert error_of(answer) == ("PARAMETER_REQUIRED", expected)


@pytest.mark.parametrize(
    ("size", "error"), [(10 * 1024 * 1024, "EXCEEDS_FILE_MAX_SIZE"), (10, "INVALID_DATA")]
)
async def test_pictures_that_are_refused(
    client: httpx.AsyncClient, sandbox: Sandbox, size: int, error: str
) -> None:
    """One too large, and one that is none; then there is no user either."""
    picture = ("bo.gif", bytes(size))

    assert error_of(await client.post(USERS, data=BO, files={"file": picture}))[0] == error
    assert sandbox.users.find("bo@example.com") is None


async def test_disabled_in_the_domain(client: httpx.AsyncClient) -> None:
    """Active in the domain again is still inactive in the vault, until said there."""
    path = f"{USERS}/{await create(client)}"

    await client.put(path, data={"domain_active__v": "false"})
    await client.put(path, data={"domain_active__v": "true"})
    bo = (await client.get(path)).json()["users"][0]["user"]
    assert (bo["domain_active__v"], bo["active__v"]) == (True, False)

    await client.put(f"{path}/vault_membership/3101", data={"active__v": "true"})
    assert (await client.get(path)).json()["users"][0]["user"]["active__v"] is True


async def test_disabled_keeps_profile_and_license(client: httpx.AsyncClient) -> None:
    """Nothing is deleted; the member is inactive."""
    user_id = await create(client, security_profile__v="business_admin__v")

    await client.delete(f"{USERS}/{user_id}")

    assert (await fields_of(client, user_id))["vault_membership"] == [
        {
            "id": 3101,
            "active__v": False,
            "security_profile__v": "business_admin__v",
            "license_type__v": "full__v",
        }
    ]


async def test_disabled_has_no_access(guest: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """An open session ends with it, and there is no other."""
    sandbox.users.add("bo@example.com", "right", security_profile="vault_owner__v")
    login = {"username": "bo@example.com", "password": "right"}
    answer = (await guest.post(f"{API}/auth", data=login)).json()
    guest.headers["Authorization"] = answer["sessionId"]

    await guest.delete(f"{USERS}/{answer['userId']}")

    assert error_of(await guest.get(USERS))[0] == "INVALID_SESSION_ID"
    assert error_of(await guest.post(f"{API}/auth", data=login))[0] == "INACTIVE_USER"


async def test_access_token_of_a_disabled_user(guest: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A token does not end, but it opens nothing any more."""
    bo = sandbox.users.add("bo@example.com", "right")
    token = sandbox.sessions.add_access_token(bo)
    bo.active = False

    answer = await guest.get(USERS, headers={"Authorization": f"Bearer {token}"})

    assert error_of(answer) == ("INACTIVE_USER", "User is inactive.")


async def test_only_a_domain_admin_makes_another(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """An owner of the vault alone cannot; with two, one of them can go."""
    user_id = await create(client)
    path, ana = f"{USERS}/{user_id}", sandbox.users["ana@example.com"]

    await client.put(path, data={"is_domain_admin__v": "true"})
    await client.put(f"{USERS}/{ana.id}", data={"is_domain_admin__v": "false"})

    assert (sandbox.users["bo@example.com"].domain_admin, ana.domain_admin) == (True, False)
    answer = await client.put(path, data={"is_domain_admin__v": "false"})
    assert error_of(answer)[0] == "INSUFFICIENT_ACCESS"


async def test_new_login_name(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Another name is that of the next login; one that is taken is refused."""
    await client.put(f"{USERS}/46916", data={"user_name__v": "anna@example.com"})

    assert error_of(await client.post(f"{API}/auth", data=LOGIN))[0].startswith("USERNAME")
    login = {**LOGIN, "username": "anna@example.com"}
    assert (await client.post(f"{API}/auth", data=login)).json()["userId"] == 46916
    path = f"{USERS}/{await create(client)}"
    answer = await client.put(path, data={"user_name__v": "anna@example.com"})
    assert error_of(answer)[0] == "INVALID_DATA"


@pytest.mark.parametrize(
    ("version", "whose", "expected"),
    [
        ("v11.0", "46917", None),
        ("v19.3", "46916", None),
        ("v19.3", "46917", "INSUFFICIENT_ACCESS"),
        ("v19.3", "me", None),
        ("v17.1", "me", "METHOD_NOT_SUPPORTED"),
        ("v26.1", "me", None),
        ("v26.1", "46916", "METHOD_NOT_SUPPORTED"),
    ],
)
async def test_whose_password(
    client: httpx.AsyncClient, sandbox: Sandbox, version: str, whose: str, expected: str | None
) -> None:
    """Once an administrator's matter, a password is later the user's own."""
    sandbox.users.add("bo@example.com", "secret")
    form = {"password__v": "secret", "new_password__v": "another one"}

    answer = await client.post(f"/api/{version}/objects/users/{whose}/password", data=form)

    assert (error_of(answer)[0] if expected else None) == expected
    if expected is None:
        assert answer.json() == {"responseStatus": "SUCCESS"}


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"new_password__v": "long enough"}, "Missing required parameter [password__v]."),
        ({"password__v": "secret"}, "Missing required parameter [new_password__v]."),
        (
            {"password__v": "wrong", "new_password__v": "long enough"},
            "The current password is not correct.",
        ),
    ],
)
async def test_password_refused(
    client: httpx.AsyncClient, sandbox: Sandbox, form: dict[str, str], expected: str
) -> None:
    """It stays what it was."""
    answer = await client.post(f"{USERS}/46916/password", data=form)

    assert error_of(answer)[1] == expected
    assert sandbox.users["ana@example.com"].password == "secret"
