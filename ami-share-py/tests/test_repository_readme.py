"""The README at the top of the repository says what works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ami_share

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_ten_lines_run(monkeypatch: pytest.MonkeyPatch) -> None:
    [block] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    sharer = ami_share.MockSharer()
    monkeypatch.setattr(ami_share, "AwsSharer", lambda: sharer)
    exec(block, {})
    assert [call.verb for call in sharer.calls] == ["plan", "share", "verify", "revoke"]
    [principals] = {tuple(call.request.principals) for call in sharer.calls}
    assert len(principals) == 2


def test_every_file_that_it_links_is_there() -> None:
    root = Path(__file__).parents[2]
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert len(links) > 5
    assert [link for link in links if not (root / link).exists()] == []
