"""The README at the top of the repository says what works."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import ami_share

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
TEN_LINES, ENCRYPTED, COPIES, DISTRIBUTE, FIXTURE = BLOCKS
[DISTRIBUTION] = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
OWNER = "999999999999"
RECIPIENTS = ("222222222222", "333333333333")
REGIONS = ("us-east-1", "eu-west-1")


def policy(**statement: object) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}


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


def test_the_lines_for_copies_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world = ami_share.SimulatedWorld()
    source = world.create_key("us-east-1", OWNER)
    image = world.register_image("us-east-1", OWNER, "golden", encrypted_with=[source])
    trust = policy(Principal={"AWS": f"arn:aws:iam::{OWNER}:root"}, Action="sts:AssumeRole")
    for account in RECIPIENTS:
        role = world.create_role(account, "AmiShare", trust)
        world.put_role_policy(role, "all", policy(Resource="*", Action="*"))
        for region in REGIONS:
            world.create_alias("alias/own", world.create_key(region, account))

    def sharer(*, roles: ami_share.Roles) -> ami_share.SimulatedSharer:
        return ami_share.SimulatedSharer(world, OWNER, roles=roles)

    monkeypatch.setattr(ami_share, "AwsSharer", sharer)
    names: dict[str, Any] = {}
    exec(COPIES.replace("ami-0123456789abcdef0", image), names)
    assert "Done: 4 copied" in capsys.readouterr().out
    found = names["sharer"].copy(names["request"]).copies
    assert {(copy.account, copy.region) for copy in found} == set(product(RECIPIENTS, REGIONS))
    world.set_key_state(source, "PendingDeletion")
    for copy in found:
        assert world.can_launch(copy.region, copy.account, copy.image)
        assert not world.can_launch("us-east-1", copy.account, image)


def test_the_lines_for_distributions_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    world = ami_share.SimulatedWorld()
    keys = {region: world.create_key(region, OWNER) for region in REGIONS}
    for key in keys.values():
        world.create_alias("alias/golden", key)
    tags = {"stage": "tested"}
    golden = [keys["us-east-1"]]
    world.register_image("us-east-1", OWNER, "golden-1", encrypted_with=golden, tags=tags)
    monkeypatch.setattr(ami_share, "AwsSharer", lambda: ami_share.SimulatedSharer(world, OWNER))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "golden.yaml").write_text(DISTRIBUTION, encoding="utf-8")
    exec(DISTRIBUTE, {})
    rows = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["rows"]
    assert {row["region"] for row in rows} == set(REGIONS)
    for row in rows:
        for account in RECIPIENTS:
            assert world.can_launch(row["region"], account, row["image"])


def test_every_example_is_shown_with_what_it_needs() -> None:
    [table] = re.findall(r"^\| example .*?\n\n", README, re.DOTALL | re.MULTILINE)
    rows = [row.split("|")[1:-1] for row in table.strip().splitlines()[2:]]
    shown = {link: row for row in rows for link in re.findall(r"\((examples/\w+\.\w+)\)", row[0])}
    rust, python = ROOT.glob("examples/*.rs"), ROOT.glob("examples/*.py")
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    asked = r'\[\[example\]\]\nname = "(\w+)"\nrequired-features = \[(.*)\]'
    features = {name: re.findall(r"[\w-]+", needed) for name, needed in re.findall(asked, manifest)}
    assert features["distribute"] == ["distribution", "simulator-server"]
    for example in rust:
        row = shown.pop(f"examples/{example.name}")
        assert named(row[2]) == features.get(example.stem, []), example
    for example in python:
        row = shown.pop(f"examples/{example.name}")
        imported = re.findall(r"^ *(?:import|from) (\w+)", example.read_text("utf-8"), re.MULTILINE)
        foreign = {*imported} - sys.stdlib_module_names - {"ami_share"}
        assert foreign == {name for name in named(row[3]) if name[0] != "-"}, example
    assert set(shown) == set()


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)
