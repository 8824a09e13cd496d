"""The README at the top of the repository says what works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ami_share

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS: list[str] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_ten_lines_run(monkeypatch: pytest.MonkeyPatch) -> None:
    [block, _] = BLOCKS
    sharer = ami_share.MockSharer()
    monkeypatch.setattr(ami_share, "AwsSharer", lambda: sharer)
    exec(block, {})
    assert [call.verb for call in sharer.calls] == ["plan", "share", "verify", "revoke"]
    [principals] = {tuple(call.request.principals) for call in sharer.calls}
    assert len(principals) == 2


def test_the_lines_for_encrypted_images_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [_, block] = BLOCKS
    world, owner = ami_share.SimulatedWorld(), "999999999999"
    key = world.create_key("us-east-1", owner)
    image = world.register_image("us-east-1", owner, "secret", encrypted_with=[key])
    monkeypatch.setattr(ami_share, "AwsSharer", lambda: ami_share.SimulatedSharer(world, owner))
    exec(block.replace("ami-0123456789abcdef0", image), {})
    shown = capsys.readouterr().out
    told = ("+ statement `AmiShareAccountsUse`:", "kms:PutKeyPolicy", "111122223333 can launch")
    assert [part for part in told if part not in shown] == []
    assert not world.can_launch("us-east-1", "111122223333", image).allowed


def test_every_file_that_it_links_is_there() -> None:
    root = Path(__file__).parents[2]
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert len(links) > 5
    assert [link for link in links if not (root / link).exists()] == []
