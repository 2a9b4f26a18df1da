"""Profiles and references: a secret is found where it lies, and stands nowhere else."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.leaks import PASSWORD, told_by
from vaultio import AccessToken, InvalidArgumentError, OAuth, Password, Secret
from vaultio.profiles import (
    Profile,
    load_profile,
    profiles_path,
    read_profiles,
    remove_profile,
    save_profile,
)
from vaultio.references import is_reference, looked_up
from vaultio.tokens import login_host, token_source

URL = "https://a.veevavault.com"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the profiles are."""
    return tmp_path / "settings" / "profiles.toml"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file with a secret, ours alone."""
    file = tmp_path / "secret"
    file.write_text(f"{PASSWORD}\r\nnot this line\n")
    file.chmod(0o600)
    return file


def test_a_profile_comes_back_as_it_was_saved(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the credentials that its reference leads to."""
    monkeypatch.setenv("A_PASSWORD", PASSWORD)
    profile = Profile(name="prod", url=URL, user="ana", password="env:A_PASSWORD", store="memory:")

    save_profile(profile, path)

    assert load_profile("prod", path) == profile
    assert load_profile("prod", path).credentials() == Password("ana", PASSWORD)
    assert (path.stat().st_mode & 0o777, PASSWORD in path.read_text()) == (0o600, False)


def test_what_people_wrote_stays(path: Path) -> None:
    """Comments, order and other profiles are kept when one is saved or removed."""
    path.parent.mkdir()
    path.write_text(f'# ours\n[a]\nurl = "{URL}" # the old one\n\n[b]\nurl = "{URL}"\n')

    save_profile(Profile(name="c", url=URL, access_token="env:T"), path)
    remove_profile("b", path)

    text = path.read_text()
    assert list(read_profiles(path)) == ["a", "c"]
    assert text.startswith(f'# ours\n[a]\nurl = "{URL}" # the old one\n')


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666])
def test_a_file_that_others_may_read(secret: Path, mode: int) -> None:
    """It is refused, with what to do, and without what is in it."""
    assert looked_up(f"file:{secret}") == PASSWORD
    secret.chmod(mode)

    with pytest.raises(InvalidArgumentError, match="chmod 600") as caught:
        looked_up(f"file:{secret}")
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("where", ["env:NOT_SET", "env:EMPTY", "file:/not/there", "call:no.one:f"])
def test_a_reference_that_leads_nowhere(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names it."""
    monkeypatch.setenv("EMPTY", "")

    with pytest.raises(InvalidArgumentError, match=where):
        looked_up(where)


def test_a_file_that_is_no_text(secret: Path) -> None:
    """Its error shows nothing of it, nor does any that came before."""
    secret.write_bytes(PASSWORD.encode() + b"\xff\n")

    with pytest.raises(InvalidArgumentError, match="UnicodeDecodeError") as caught:
        looked_up(f"file:{secret}")
    assert PASSWORD not in told_by(caught.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f'password = "{PASSWORD}"', "never what it is"),
        (f'access_token = "{PASSWORD}"', "never what it is"),
        ('password = "call:os:getcwd"', "never what it is"),
        ("password = 7", "never what it is"),
        ('password = "env:A"\nsession_id = "env:B"', "one of password"),
        (f'oauth_profile = "_p"\noauth_token = "{PASSWORD}"', "never what it is"),
        ('oauth_token = "env:A"', "oauth_profile, the id"),
        ('oauth_host = "login.veevavault.com"', "oauth_profile, the id"),
        ('oauth_profile = "_p"\npassword = "env:A"', "is its oauth_token"),
        ("oauth_profile = 7", "text in quotes"),
        (f'store = "redis://:{PASSWORD}@host/0"', "env:NAME"),
        ('urll = "x"', "no setting 'urll'"),
        ("user = 7", "text in quotes"),
    ],
)
def test_a_profile_that_cannot_be_meant(path: Path, line: str, said: str) -> None:
    """The file and the profile are named, and no secret is repeated."""
    path.parent.mkdir()
    path.write_text(f'[prod]\nurl = "{URL}"\n{line}\n')

    with pytest.raises(InvalidArgumentError, match=said) as caught:
        read_profiles(path)
    assert PASSWORD not in str(caught.value)
    assert "'prod'" in str(caught.value)
    path.write_text("")  # what the test planted


@pytest.mark.parametrize("text", ["[prod", 'a = "b"', "[prod]\n", '["a b"]\nurl = "x"\n'])
def test_a_file_that_cannot_be_meant(path: Path, text: str) -> None:
    """Nothing is guessed, and nothing written over."""
    path.parent.mkdir()
    path.write_text(text)

    for step in (read_profiles, lambda one: save_profile(Profile(name="x", url=URL), one)):
        with pytest.raises(InvalidArgumentError, match="profile"):
            step(path)
    assert path.read_text() == text


def test_a_file_into_which_anybody_may_write(path: Path) -> None:
    """Who writes there could send the password to a server of his own."""
    save_profile(Profile(name="x", url=URL), path)
    path.chmod(0o606)

    with pytest.raises(InvalidArgumentError, match="chmod o-w"):
        read_profiles(path)


def test_no_profiles_yet(path: Path) -> None:
    """Where there is no file there are none; one that is asked for is missed by its name."""
    assert read_profiles(path) == {}
    with pytest.raises(InvalidArgumentError, match=r"no profile 'prod' .* \(none yet\)"):
        load_profile("prod", path)


def test_where_the_file_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In the user's folder for settings, or where a variable says."""
    monkeypatch.delenv("VAULTIO_PROFILES", raising=False)
    assert profiles_path().parts[-2:] == ("vaultio", "profiles.toml")
    monkeypatch.setenv("VAULTIO_PROFILES", os.fspath(tmp_path / "mine.toml"))
    assert profiles_path() == tmp_path / "mine.toml"


def test_a_token_needs_no_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """An access token says who one is; a password alone does not."""
    monkeypatch.setenv("A_TOKEN", PASSWORD)

    token = Profile(name="x", url=URL, access_token="env:A_TOKEN")
    assert token.credentials() == AccessToken(PASSWORD)
    assert Profile(name="x", url=URL).credentials() is None
    with pytest.raises(InvalidArgumentError, match="no user"):
        Profile(name="x", url=URL, password="env:A_TOKEN").credentials()


def test_a_profile_for_single_sign_on(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no user, and a function for a token, which is named by where that is."""
    monkeypatch.setenv("A_TOKEN", PASSWORD)
    profile = Profile(name="x", url=URL, oauth_profile="_p", oauth_token="env:A_TOKEN")
    save_profile(profile, path)

    made = load_profile("x", path).credentials()
    assert isinstance(made, OAuth)
    assert (made.host, made.profile_id, profile.kind) == ("login.veevavault.com", "_p", "oauth")
    assert ("env:A_TOKEN" in repr(made), PASSWORD in repr(made)) == (True, False)
    assert profile.oauth(Secret("t")).token == Secret("t")


@pytest.mark.parametrize("kind", [str, Secret])
def test_a_function_of_a_workers(monkeypatch: pytest.MonkeyPatch, kind: type) -> None:
    """It may return a token as a text, or out of sight already."""
    module = ModuleType("a_module_of_ours")
    module.find = lambda: kind(PASSWORD)  # type: ignore[attr-defined] # made here
    monkeypatch.setitem(sys.modules, "a_module_of_ours", module)

    assert token_source("call:a_module_of_ours:find")() == Secret(PASSWORD)


@pytest.mark.parametrize(
    ("url", "host", "goes_to"),
    [
        (URL, None, "login.veevavault.com"),
        (URL, "login.example.com", "login.example.com"),
        ("http://127.0.0.1:8000", None, "http://127.0.0.1:8000"),
        ("http://localhost:8000/api", None, "http://localhost:8000/api"),
        ("https://[::1]:8000", None, "https://[::1]:8000"),
        ("http://127.0.0.1:8000", "login.veevavault.com", "login.veevavault.com"),
        ("https://127.0.0.1.example.com", None, "login.veevavault.com"),
        ("https://localhost.example.com", None, "login.veevavault.com"),
        ("http://[127.0.0.1", None, "login.veevavault.com"),
    ],
)
def test_where_tokens_go(url: str, host: str | None, goes_to: str) -> None:
    """To Vault's login service, but for a sandbox on this machine, which is its own."""
    assert login_host(url, host) == goes_to


def test_what_is_a_reference() -> None:
    """A password that looks like none of them is none."""
    assert [is_reference(one) for one in ("env:A", "file:~/x", "keyring:vaultio/prod")] == [
        True
    ] * 3
    assert [is_reference(one) for one in ("secret", "env:", "keyring:x", None, 7)] == [False] * 5
