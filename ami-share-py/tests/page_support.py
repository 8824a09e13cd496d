"""What is read from pages in Markdown: their code and their links."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


def blocks_of(page: Path, language: str) -> list[str]:
    """The blocks of a page, each on the lines that it has there."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return ["\n" * text.count("\n", 0, block.start(1)) + block[1] for block in found]


def links_of(page: Path) -> list[str]:
    """What a page links outside of its code."""
    return re.findall(r"\]\(([^)\s]+)\)", FENCED.sub("", page.read_text(encoding="utf-8")))


def broken_links(page: Path) -> list[str]:
    """The links of a page to files, and to parts of pages, that are not there."""
    return [link for link in links_of(page) if "://" not in link and not is_there(page, link)]


def is_there(page: Path, link: str) -> bool:
    path, _, part = link.partition("#")
    file = page.parent / path if path else page
    return file.exists() and (not part or part in parts_of(file))


def parts_of(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}
