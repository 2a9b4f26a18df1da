"""The README's list of operations is true."""

from __future__ import annotations

from tests.operations_page import BEGIN, END, README, page, spoken


def test_the_readme_lists_every_operation_as_it_is() -> None:
    """The list between the marks is the one that is made; `python -m tests.operations_page`."""
    listed = README.read_text("utf-8").split(BEGIN)[1].split(END)[0]
    assert listed.strip() == page()


def test_every_entry_is_a_call_that_a_user_would_write() -> None:
    """No entry hides its call from the list."""
    assert [name for name, call in spoken().items() if not call.startswith("vault.")] == []
