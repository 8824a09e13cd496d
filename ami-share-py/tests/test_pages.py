"""Every page of the repository links what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from page_support import ROOT, broken_links, links_of

PAGES = sorted(
    page
    for place in ("", "ami-share-py", "examples/cookbook", "tests/oracle", "tests/strangers")
    for page in (ROOT / place).glob("*.md")
)
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


def test_the_pages_are_found() -> None:
    expected = {"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "ami-share-py/README.md"}
    assert expected < set(NAMES) and len(NAMES) > 15


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_what_a_page_links_is_there(page: Path) -> None:
    assert broken_links(page) == []


def test_a_link_to_nothing_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One thing\n"
        "[a](page.md) [b](#one-thing) [c](page.md#one-thing) [d](https://example.com/none)\n"
        "[e](none.md) [f](#two) [g](page.md#two) [h](none.md#one-thing)\n"
        "```\n# Two\n[i](in-code.md)\n```\n",
        encoding="utf-8",
    )
    assert len(links_of(page)) == 8
    assert broken_links(page) == ["none.md", "#two", "page.md#two", "none.md#one-thing"]
