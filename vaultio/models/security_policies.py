"""Security policies: how users sign in, and what their passwords must be.

Reference: Security Policies
"""

from __future__ import annotations

from attrs import frozen

from vaultio.models.wire import Model, wire


@frozen(kw_only=True)
class SecurityPolicyLink(Model):
    """That a security policy exists. `id` is digits as a text; Vault calls it ``name__v``."""

    id: str = wire("name__v")
    label: str | None = wire("label__v", default=None)
    url: str | None = wire("value__v", default=None)


@frozen(kw_only=True)
class SecurityPolicyDetails(Model):
    """Which policy it is. `id` is digits as a text; Vault calls it ``name__v``."""

    id: str = wire("name__v")
    label: str | None = wire("label__v", default=None)
    description: str | None = wire("description__v", default=None)
    is_active: bool = wire("is_active__v", default=False)


@frozen(kw_only=True)
class AuthenticationType(Model):
    """How users of a policy sign in; an open set."""

    name: str = wire("name__v")
    label: str | None = wire("label__v", default=None)


@frozen(kw_only=True)
class SecuritySettings(Model):
    """What a policy asks for. A flag that Vault leaves out is false, a number None: no limit.

    `min_password_length` is in characters, `password_expiration` in days and
    `password_history_reuse` in passwords.
    """

    authentication_type: AuthenticationType | None = wire("authentication_type__v", default=None)
    passwords_require_number: bool = wire("passwords_require_number__v", default=False)
    passwords_require_uppercase_letter: bool = wire(
        "passwords_require_uppercase_letter__v", default=False
    )
    passwords_require_nonalpha_char: bool = wire(
        "passwords_require_nonalpha_char__v", default=False
    )
    min_password_length: int | None = wire("min_password_length__v", default=None)
    password_expiration: int | None = wire("password_expiration__v", default=None)
    password_history_reuse: int | None = wire("password_history_reuse__v", default=None)
    require_question_on_password_reset: bool = wire(
        "require_question_on_password_reset__v", default=False
    )
    allow_delegated_auth_sfdc: bool = wire("allow_delegated_auth_sfdc__v", default=False)
    sfdc_org_id: str | None = wire("sfdc_org_id__v", default=None)


@frozen(kw_only=True)
class SecurityPolicy(Model):
    """One security policy."""

    details: SecurityPolicyDetails = wire("policy_details__v")
    settings: SecuritySettings = wire("policy_security_settings__v", default=SecuritySettings())
