"""All checks of one vault, one after the other; none keeps the others from being made."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
from anyio.to_thread import run_sync
from attrs import frozen

from vaultio import ApiVersion, Config, Credentials, Limiter, OAuth, Vault
from vaultio.credentials import LOGIN_HOST
from vaultio.diagnosis.checks import Check, broken, skipped
from vaultio.diagnosis.disk import disk_check
from vaultio.diagnosis.network import way_checks
from vaultio.diagnosis.versions import version_check
from vaultio.errors import (
    AuthenticationError,
    MethodNotSupportedError,
    NotFoundError,
    VaultioError,
)
from vaultio.protocol.quota_headers import QuotaReading
from vaultio.transport.wire import origin_of

LITTLE_LEFT = 0.2
"""The share of a quota below which is little."""

STEP_S = 30.0


@frozen(kw_only=True)
class Examination:
    """What is looked at. Without *url* only this machine is, without *credentials* no login.

    *store* is where the quotas are shared, *folder* where files are to go, *tls* a context in place
    of the usual one.
    """

    url: str | None = None
    credentials: Credentials | None = None
    api_version: str = "v11.0"
    store: str | None = None
    folder: Path = Path()
    tls: ssl.SSLContext | None = None

    async def checks(self) -> AsyncIterator[Check]:
        """Make each check when the one before it has been looked at."""
        yield await run_sync(version_check)
        yield await run_sync(disk_check, self.folder)
        yield await self._store_check()
        if self.url is None:
            for name in ("dns", "tcp", "tls", "clock", "login", "api", "quota"):
                yield skipped(name, "no vault is named")
            return
        try:
            origin = origin_of(self.url)
        except VaultioError as error:
            yield broken("address", error, "give --url https://myvault.veevavault.com")
            return
        async for check in way_checks(origin, self.tls):
            yield check
        if isinstance(self.credentials, OAuth):
            yield await _sign_on_check(self.credentials.host, self.tls)
        async for check in self._vault_checks(self.url):
            yield check

    async def _store_check(self) -> Check:
        """See whether the shared books can be read and written."""
        if self.store is None:
            return skipped("store", "no store: a job knows of its own calls alone")
        try:
            with anyio.fail_after(STEP_S):
                limiter = Limiter(store=self.store)
                try:
                    limiter.serve("doctor")
                    await limiter.usage(max_wait_s=STEP_S / 6)
                finally:
                    await limiter.aclose()
        except (VaultioError, TimeoutError) as error:
            return broken("store", error, "check --store, and that its file or server is there")
        return Check("store", "ok", "the shared quotas can be read and written")

    async def _vault_checks(self, url: str) -> AsyncIterator[Check]:
        """Log in, make one call, and see what its answer says."""
        if self.credentials is None:
            for name in ("login", "api", "quota"):
                yield skipped(name, "there is nothing to log in with")
            return
        config = Config(max_tries=1, timeout_s=STEP_S, ssl_context=self.tls)
        try:
            async with Vault(
                url, self.credentials, api_version=self.api_version, config=config
            ) as vault:
                offered = list(await vault.api_metadata.retrieve_versions())
                reading = (await vault.quota()).reading
        except VaultioError as error:
            yield broken("login", error, _login_advice(error, self.credentials, self.api_version))
            for name in ("api", "quota"):
                yield skipped(name, "there is no session")
            return
        yield Check("login", "ok", f"logged in at {url}")
        yield api_check(ApiVersion.parse(self.api_version), offered)
        yield _quota_check(reading)


async def _sign_on_check(host: str, tls: ssl.SSLContext | None) -> Check:
    """Look whether the host that takes the tokens is reached; the first step that fails is told."""
    try:
        origin = origin_of(host)
    except VaultioError as error:
        return broken("sign-on", error, f"mend the host for tokens; it is {LOGIN_HOST} as a rule")
    steps = [step async for step in way_checks(origin, tls) if step.name != "clock"]
    for step in steps:
        if step.state == "fail":
            said = f"{origin}, which takes the tokens, is not reached: {step.said}"
            return Check("sign-on", "fail", said, step.advice)
    return Check("sign-on", "ok", f"{origin}, which takes the tokens, is reached")


def _login_advice(error: VaultioError, credentials: Credentials, version: str) -> str:
    if isinstance(error, NotFoundError | MethodNotSupportedError):
        return f"the vault may not speak {version}: give another --api-version"
    if isinstance(error, AuthenticationError) and isinstance(credentials, OAuth):
        return (
            "tokens end soon, most in an hour: see that a new one is there, and whether the OAuth "
            "profile and client id are right"
        )
    return "check the user and the secret, and what failed above"


def api_check(wanted: ApiVersion, offered: list[ApiVersion]) -> Check:
    """Say whether a vault speaks a version, and which is its latest."""
    latest = max(offered, default=wanted)
    if offered and wanted not in offered:
        said = f"the vault does not speak {wanted}"
        return Check("api", "fail", said, f"give --api-version, {latest} at most")
    return Check("api", "ok", f"speaks {wanted}; the latest is {latest}")


def _quota_check(reading: QuotaReading | None) -> Check:
    """Judge what the answer's headers say is left."""
    told = (
        (
            ("5 minutes", reading.burst_remaining, reading.burst_limit),
            ("24 hours", reading.daily_remaining, reading.daily_limit),
        )
        if reading
        else ()
    )
    found = [(name, left, limit) for name, left, limit in told if limit and left is not None]
    if not found:
        return Check("quota", "ok", "the vault's answers name no quotas")
    said = ", ".join(f"{left:,} of {limit:,} calls left in {name}" for name, left, limit in found)
    if any(left <= 0 for _, left, _ in found):
        return Check("quota", "fail", said, "wait: other programs have used the quota up")
    if any(left < LITTLE_LEFT * limit for _, left, limit in found):
        return Check("quota", "warn", said, "run large jobs later, or with --store beside others")
    return Check("quota", "ok", said)
