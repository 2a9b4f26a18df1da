"""XML answers, for those who ask for them: no more is read than whether Vault did it.

Hostile XML (entities, external references, bombs) is refused before it is expanded.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from vaultio.protocol.envelope import Envelope

XML_TYPES = frozenset({"application/xml", "text/xml"})


def read_xml_envelope(body: bytes) -> Envelope:
    """Read the frame of an XML answer; a `ValueError` if it is no XML, or XML that attacks."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, RecursionError) as error:
        raise ValueError(f"not XML that can be read: {type(error).__name__}") from error
    payload: dict[str, Any] = {}
    for child in root:
        if _name(child) == "errors":
            payload["errors"] = [_texts(item) for item in child] or None
        elif len(child) == 0:
            payload[_name(child)] = (child.text or "").strip()
    status = payload.get("responseStatus")
    return Envelope(status.upper() if status else None, payload)


def _texts(element: Element) -> dict[str, str]:
    """Read an element's children as names and texts."""
    return {_name(child): (child.text or "").strip() for child in element}


def _name(element: Element) -> str:
    """Name an element without its namespace."""
    return str(element.tag).rpartition("}")[2]
