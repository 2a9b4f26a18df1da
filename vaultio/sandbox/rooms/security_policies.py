"""Security policies."""

from __future__ import annotations

from vaultio.sandbox.call import Call
from vaultio.sandbox.routing import JSON, Routes

routes = Routes()
_DETAILS = ("name__v", "label__v", "description__v", "is_active__v")
_SETTINGS = (
    "authentication_type__v",
    "passwords_require_number__v",
    "passwords_require_uppercase_letter__v",
    "passwords_require_nonalpha_char__v",
    "min_password_length__v",
    "password_expiration__v",
    "password_history_reuse__v",
    "require_question_on_password_reset__v",
    "allow_delegated_auth_sfdc__v",
    "sfdc_org_id__v",
)


@routes.on("GET", "/objects/securitypolicies")
async def retrieve_all_security_policies(call: Call) -> JSON:
    """List the policies; the id is called a name."""
    return {
        "security_policies__v": [
            {
                "name__v": policy.id,
                "label__v": policy.label,
                "value__v": call.url("objects", "securitypolicies", policy.id),
            }
            for policy in call.sandbox.security_policies
        ]
    }


@routes.on("GET", "/objects/securitypolicies/{security_policy_id}")
async def retrieve_security_policy(call: Call) -> JSON:
    """Describe one policy."""
    policy = call.sandbox.security_policies.find(call.ids["security_policy_id"])
    return {
        "responseStatus": "SUCCESS",
        "responseMessage": "Success",
        "security_policy__v": policy.describe(),
    }


@routes.on("GET", "/metadata/objects/securitypolicies")
async def retrieve_security_policy_metadata(_call: Call) -> JSON:
    """Name the fields of a policy. The reference has the address alone; the shape is a guess."""
    groups = {"policy_details__v": _DETAILS, "policy_security_settings__v": _SETTINGS}
    return {
        "properties": [
            {"name": name, "group": group} for group, names in groups.items() for name in names
        ]
    }
