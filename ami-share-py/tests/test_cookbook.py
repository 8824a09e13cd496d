"""The cookbook's Python runs as it stands on its pages, and claims what it asserts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

COOKBOOK = Path(__file__).parents[2] / "examples" / "cookbook"
PAGES = sorted(path for path in COOKBOOK.glob("*.md") if path.name != "README.md")


def blocks_of(page: Path, language: str) -> list[str]:
    """The blocks of a page, each on the lines that it has there."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return ["\n" * text.count("\n", 0, block.start(1)) + block[1] for block in found]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_runs(page: Path) -> None:
    names: dict[str, object] = {"__name__": "cookbook"}
    blocks = blocks_of(page, "python")
    for block in blocks:
        exec(compile(block, str(page), "exec"), names)
    assert any(re.search(r"^ *assert ", block, re.MULTILINE) for block in blocks)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_in_the_index_and_has_both_languages(page: Path) -> None:
    assert f"]({page.name})" in (COOKBOOK / "README.md").read_text(encoding="utf-8")
    assert blocks_of(page, "rust") and blocks_of(page, "python")
    core = Path(__file__).parents[2] / "ami-share-core" / "src" / "lib.rs"
    assert f'"{page.name}");' in core.read_text(encoding="utf-8"), "its Rust is no doctest"


@pytest.mark.parametrize("page", sorted(COOKBOOK.glob("*.md")), ids=lambda page: page.stem)
def test_what_a_page_links_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    for link in links:
        if "://" in link:
            assert link.startswith("https://docs.aws.amazon.com/"), link
            continue
        path, _, part = link.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), link
        if part:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {
                re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings
            }
            assert part in slugs, link
