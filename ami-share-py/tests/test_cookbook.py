"""The cookbook's Python runs as it stands on its pages, and claims what it asserts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from page_support import ROOT, blocks_of, links_of

COOKBOOK = ROOT / "examples" / "cookbook"
PAGES = sorted(path for path in COOKBOOK.glob("*.md") if path.name != "README.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_runs(page: Path) -> None:
    names: dict[str, object] = {"__name__": "cookbook"}
    blocks = blocks_of(page, "python")
    for block in blocks:
        exec(compile(block, str(page), "exec"), names)
    assert any(re.search(r"^ *assert ", block, re.MULTILINE) for block in blocks)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_both_languages_and_both_are_run(page: Path) -> None:
    assert blocks_of(page, "rust") and blocks_of(page, "python")
    core = ROOT / "ami-share-core" / "src" / "lib.rs"
    assert f'"{page.name}");' in core.read_text(encoding="utf-8"), "its Rust is no doctest"


def test_the_index_links_each_page_once_and_no_other() -> None:
    links = [link for link in links_of(COOKBOOK / "README.md") if link.endswith(".md")]
    assert sorted(links) == [page.name for page in PAGES]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_links_other_pages_and_aws_alone(page: Path) -> None:
    outside = [link for link in links_of(page) if "://" in link]
    assert outside, "no page of AWS is named"
    assert [link for link in outside if not link.startswith("https://docs.aws.amazon.com/")] == []
