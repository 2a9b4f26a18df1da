"""The errors listed for objects and their records."""

from __future__ import annotations

from tests.endpoints.provocation import Listed, Provocation
from tests.operations import PRODUCT

_NAME = "The resource [{NAME}] does not exist"
_COLLECTION, _RECORDS = "retrieve_object_collection", "retrieve_object_record_collection"
_METADATA = "metadata/vobjects"

OBJECTS = {
    Listed(_COLLECTION, "METHOD_NOT_SUPPORTED", "Request method [METHOD] not supported"): (
        Provocation(call=lambda vault, _: vault.request("POST", _METADATA))
    ),
    Listed("retrieve_object", "MALFORMED_URL", "The resource [RESOURCE] does not exist"): (
        Provocation(call=lambda vault, _: vault.objects.retrieve("no__v"))
    ),
    Listed("retrieve_object", "METHOD_NOT_SUPPORTED", "Request method [METHOD] not supported"): (
        Provocation(call=lambda vault, _: vault.request("DELETE", f"{_METADATA}/site__v"))
    ),
    Listed(_RECORDS, "INVALID_DATA", "Invalid sort field [{field}]"): Provocation(
        call=lambda vault, _: vault.object_records.retrieve_all(PRODUCT[0], sort="no__v asc").all()
    ),
    Listed(
        _RECORDS,
        "INVALID_DATA",
        "Invalid value [{value}[,{value}]] specified for parameter [fields]",
    ): Provocation(
        call=lambda vault, _: vault.object_records.retrieve_all(
            PRODUCT[0], fields=["id", "no__v", "nor__v"]
        ).all()
    ),
    Listed(_RECORDS, "MALFORMED_URL", _NAME): Provocation(
        call=lambda vault, _: vault.object_records.retrieve_all("no__v").all()
    ),
    # In v7.0 there were no records to write: the collection had but this one method.
    Listed(_RECORDS, "METHOD_NOT_SUPPORTED", "Request method '{METHOD}' not supported"): (
        Provocation(call=lambda vault, _: vault.request("POST", f"/api/v7.0/vobjects/{PRODUCT[0]}"))
    ),
    Listed("retrieve_object_record", "MALFORMED_URL", _NAME): Provocation(
        lambda sandbox: sandbox.records.delete(*PRODUCT)
    ),
    Listed(
        "retrieve_object_record", "METHOD_NOT_SUPPORTED", "Request method {METHOD} not supported"
    ): Provocation(
        call=lambda vault, _: vault.request("POST", f"vobjects/{PRODUCT[0]}/{PRODUCT[1]}")
    ),
}
