"""Recipes: how a worker opens its vault, with no secret on the way."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from attrs import evolve

from tests.conftest import USER
from tests.leaks import PASSWORD
from vaultio import Config, InvalidArgumentError, Password
from vaultio.integrations.recipe import Recipe
from vaultio.sandbox import Sandbox
from vaultio.sandbox.identity import PROFILE

RECIPE = Recipe(
    url="https://a.veevavault.com",
    api_version="v24.3",
    user=USER,
    password="env:A_PASSWORD",
    store="redis://quota:6379/0",
)


async def test_every_reference_is_looked_up(
    served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password is found in the environment, in a file, and by a function."""
    (tmp_path / "secret").write_text(f"{PASSWORD}\nnot this line\n")
    (tmp_path / "secret").chmod(0o600)
    module = ModuleType("a_module_of_ours")
    module.find = lambda: PASSWORD  # type: ignore[attr-defined] # made here
    monkeypatch.setitem(sys.modules, "a_module_of_ours", module)
    monkeypatch.setenv("A_PASSWORD", PASSWORD)

    for where in ("env:A_PASSWORD", f"file:{tmp_path}/secret", "call:a_module_of_ours:find"):
        recipe = evolve(RECIPE, url=served, password=where, store=None, burst=None, daily=None)
        async with recipe.opened() as vault:
            assert await vault.users.retrieve_metadata()


async def test_credentials_as_a_whole(served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function may bring any credentials."""
    module = ModuleType("a_module_of_ours")
    module.find = lambda: Password(USER, PASSWORD)  # type: ignore[attr-defined] # made here
    monkeypatch.setitem(sys.modules, "a_module_of_ours", module)
    whole: dict[str, Any] = {"password": None, "credentials": "call:a_module_of_ours:find"}

    recipe = evolve(RECIPE, url=served, store=None, burst=None, daily=None, **whole)
    async with recipe.opened() as vault:
        assert await vault.users.retrieve_metadata()


async def test_a_token_is_looked_up_for_each_login(sandbox: Sandbox, tmp_path: Path) -> None:
    """Something on the worker puts fresh tokens into a file; none travels."""
    place = tmp_path / "token"
    put_token(sandbox, place)
    token: dict[str, Any] = {"password": None, "oauth_token": f"file:{place}"}
    token |= {"oauth_profile": PROFILE, "store": None, "burst": None, "daily": None}
    async with sandbox.serve() as url:
        recipe = evolve(RECIPE, url=url, oauth_host=url, **token)
        async with recipe.opened() as vault:
            for _ in range(2):
                assert await vault.users.retrieve_metadata()
                sandbox.identity.expire_all()
                sandbox.sessions.end_all()
                put_token(sandbox, place)
    place.unlink()
    assert (sandbox.sessions.logins, sandbox.sessions.failed_logins) == (2, 0)


def put_token(sandbox: Sandbox, place: Path) -> None:
    """Write a new token into a file that nobody else may read."""
    place.touch(mode=0o600)
    place.write_text(sandbox.identity.issue(sandbox.users[USER]) + "\n")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"store": None}, "need one store for the quotas"),
        ({"store": "sqlite:///quota.db"}, "is a file, which only one machine sees"),
        ({"store": "memory:"}, "each would count by itself"),
        ({"store": f"redis://a:{PASSWORD}@quota:6379"}, "an environment variable of the workers"),
        ({"store": f"redis://quota?password={PASSWORD}"}, "an environment variable"),
        ({"password": PASSWORD}, "never what it is: env:NAME"),
        ({"password": "env:"}, "password says where"),
        ({"user": None}, "one of password"),
        ({"oauth_token": "env:B"}, "one of password"),
        ({"password": None, "oauth_token": "env:B"}, r"\(with oauth_profile\)"),
        ({"session_id": "env:B"}, "one of password"),
        ({"password": None}, "one of password"),
    ],
)
def test_a_recipe_that_cannot_be_meant(change: dict[str, Any], said: str) -> None:
    """It is refused before anything is sent, and no secret is repeated."""
    with pytest.raises(InvalidArgumentError, match=said) as caught:
        evolve(RECIPE, **change)

    assert PASSWORD not in str(caught.value)


def test_a_tls_context_does_not_travel() -> None:
    """It is refused, with what to do instead."""
    import ssl

    with pytest.raises(InvalidArgumentError, match="SSL_CERT_FILE"):
        evolve(RECIPE, config=Config(ssl_context=ssl.create_default_context()))


@pytest.mark.parametrize("where", ["env:NOT_SET", "file:/not/there", "call:no_module:find"])
async def test_a_reference_that_leads_nowhere(where: str) -> None:
    """The error names it."""
    with pytest.raises(InvalidArgumentError, match=where):
        async with evolve(RECIPE, password=where).opened():
            pass


async def test_a_store_by_reference_is_looked_at_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable may hold the address with its password, but no file."""
    monkeypatch.setenv("A_PASSWORD", PASSWORD)
    monkeypatch.setenv("A_STORE", "sqlite:///quota.db")

    with pytest.raises(InvalidArgumentError, match="each would count by itself"):
        async with evolve(RECIPE, store="env:A_STORE").opened():
            pass
    monkeypatch.setenv("A_STORE", f"redis://:{PASSWORD}@127.0.0.1:1/0")
    async with evolve(RECIPE, store="env:A_STORE").opened() as vault:
        assert vault.limiter.is_shared


def test_nothing_secret_travels(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is pickled says where the password is, and comes back as it was."""
    monkeypatch.setenv("A_PASSWORD", PASSWORD)

    sent = pickle.dumps(RECIPE)
    assert PASSWORD.encode() not in sent
    assert b"env:A_PASSWORD" in sent
    assert pickle.loads(sent) == RECIPE
