"""Version numbers compare as numbers."""

from __future__ import annotations

import pytest

from vaultio import ApiVersion, InvalidArgumentError, VersionNumber


def test_api_versions_in_order() -> None:
    """v9.0 is before v10.0, and v20.3 before v21.1, whatever they are as texts."""
    texts = ["v24.3", "v9.0", "v21.1", "v11.0", "v20.3", "v10.0"]

    expected = ["v9.0", "v10.0", "v11.0", "v20.3", "v21.1", "v24.3"]
    assert expected == [str(one) for one in sorted(map(ApiVersion.parse, texts))]


@pytest.mark.parametrize("value", ["v24.3", "24.3", ApiVersion(24, 3)])
def test_api_version_is_read(value: str | ApiVersion) -> None:
    """The letter may be left out, and a version is one already."""
    assert ApiVersion.parse(value) == ApiVersion(24, 3)


@pytest.mark.parametrize(
    "value", ["", "v24", "24", "V24.3", "v24.3 ", "v24.3.1", "v2 4.3", "latest"]
)
def test_no_api_version(value: str) -> None:
    """Anything else is refused before it stands in an address."""
    with pytest.raises(InvalidArgumentError, match=r"v24\.3"):
        ApiVersion.parse(value)


@pytest.mark.parametrize("value", [24.3, 24, None])
def test_api_version_is_no_number(value: object) -> None:
    """24.10 as a number would be 24.1."""
    with pytest.raises(InvalidArgumentError):
        ApiVersion.parse(value)  # type: ignore[arg-type]  # what untyped code does


def test_document_versions_in_order() -> None:
    """1.10 is after 1.9, and 2.0 after both."""
    texts = ["1.10", "2.0", "1.9", "0.1"]

    expected = ["0.1", "1.9", "1.10", "2.0"]
    assert expected == [str(one) for one in sorted(map(VersionNumber.parse, texts))]


@pytest.mark.parametrize(
    "text", ["", "1", "1.", ".1", "-1.0", "1.0.0", "1,0", "١.٢", "1" * 5000 + ".1"]
)
def test_no_document_version(text: str) -> None:
    """Anything else is refused, in a message of a sensible length."""
    with pytest.raises(InvalidArgumentError) as caught:
        VersionNumber.parse(text)

    assert len(str(caught.value)) < 120
