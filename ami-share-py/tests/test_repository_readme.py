"""The README at the top of the repository says what works."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import ami_share

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

TEN_LINES, ENCRYPTED, FIXTURE = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_ten_lines_run(monkeypatch: pytest.MonkeyPatch) -> None:
    sharer = ami_share.MockSharer()
    monkeypatch.setattr(ami_share, "AwsSharer", lambda: sharer)
    exec(TEN_LINES, {})
    assert [call.verb for call in sharer.calls] == ["plan", "share", "verify", "revoke"]
    [principals] = {tuple(call.request.principals) for call in sharer.calls}
    assert len(principals) == 2


def test_the_pytest_fixture_runs_and_its_test_passes(tmp_path: Path) -> None:
    file = tmp_path / "test_golden_image.py"
    file.write_text(FIXTURE, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file)]
    ended = subprocess.run(
        [*command, "--rootdir", str(tmp_path)],
        cwd=ROOT,
        timeout=60,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "1 passed" in ended.stdout


def test_the_lines_for_encrypted_images_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world, owner = ami_share.SimulatedWorld(), "999999999999"
    key = world.create_key("us-east-1", owner)
    image = world.register_image("us-east-1", owner, "secret", encrypted_with=[key])
    monkeypatch.setattr(ami_share, "AwsSharer", lambda: ami_share.SimulatedSharer(world, owner))
    exec(ENCRYPTED.replace("ami-0123456789abcdef0", image), {})
    shown = capsys.readouterr().out
    told = ("+ statement `AmiShareAccountsUse`:", "kms:PutKeyPolicy", "111122223333 can launch")
    assert [part for part in told if part not in shown] == []
    assert not world.can_launch("us-east-1", "111122223333", image).allowed


def test_every_file_that_it_links_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []
