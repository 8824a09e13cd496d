"""The README's code is real."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

import ami_share
from ami_share import Roles, ShareRequest, SimulatedSharer
from conftest import OWNER, RECIPIENT, REGION, STRANGER
from copy_support import ALIAS, EXTERNAL_ID, REGIONS, CopyStage
from page_support import ROOT, blocks_of

PAGE = ROOT / "ami-share-py" / "README.md"
README = PAGE.read_text(encoding="utf-8")
BLOCKS = blocks_of(PAGE, "python")
TEN_LINES, AWAITED, ENCRYPTED, COPIES, DISTRIBUTION, POLICY, MOCK, SIMULATOR = BLOCKS


class Reader:
    """Who tries the page, block after block, as the owner of an encrypted image."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.stage = CopyStage(RECIPIENT)
        self.capsys = capsys
        self.names: dict[str, Any] = {"image": self.stage.image}
        monkeypatch.setattr(ami_share, "AwsSharer", self.sharer)

    def sharer(self, *, roles: Roles | None = None) -> SimulatedSharer:
        return SimulatedSharer(self.stage.world, OWNER, roles=roles)

    def run(self, block: str) -> str:
        """What a block prints; it may await."""
        for shown, meant in (
            ("ami-0123456789abcdef0", self.stage.image),
            ('accounts=["111122223333"]', f'accounts=["{RECIPIENT}"]'),
            ('external_id="…"', f'external_id="{EXTERNAL_ID}"'),
        ):
            block = block.replace(shown, meant)
        code = compile(block, str(PAGE), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        ended = eval(code, self.names)
        if isinstance(ended, Coroutine):
            asyncio.run(ended)
        return self.capsys.readouterr().out

    def can_launch(self) -> bool:
        """What the simulator judges by its own rules."""
        return self.stage.world.can_launch(REGION, RECIPIENT, self.stage.image).allowed


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Reader:
    return Reader(monkeypatch, capsys)


def test_the_ten_lines_share_and_verify(reader: Reader) -> None:
    printed = reader.run(TEN_LINES)
    assert "AmiShareAccountsUse" in printed and "purpose = golden image" in printed
    assert "Verified: everything is as asked for" in printed and reader.can_launch()
    reader.stage.world.clear_calls()
    reader.run(TEN_LINES)
    assert [call for call in reader.stage.world.calls() if call.write] == []


def test_the_awaited_lines_go_on_from_the_ten(reader: Reader) -> None:
    reader.run(TEN_LINES)
    reader.names["sharer"].revoke(reader.names["request"])
    assert not reader.can_launch()
    world = reader.stage.world
    theirs = world.register_image(REGION, STRANGER, "theirs")
    request = ShareRequest(region=REGION, images=[theirs], accounts=[OWNER])
    SimulatedSharer(world, STRANGER).share(request)
    printed = reader.run(AWAITED)
    assert reader.can_launch()
    assert f"{theirs} {STRANGER}" in printed and "finished: 3 of 3 steps done" in printed


def test_the_lines_on_encrypted_images_open_the_key_and_say_why(reader: Reader) -> None:
    reader.run(TEN_LINES)
    reader.names["sharer"].revoke(reader.names["request"])
    printed = reader.run(ENCRYPTED)
    assert "AmiShareAccountsUse" in printed and "kms:PutKeyPolicy" in printed
    assert f"key policy of {reader.stage.key}: yes" in printed and reader.can_launch()


def test_the_lines_on_copies_copy_by_roles(reader: Reader) -> None:
    printed = reader.run(COPIES)
    assert "finished: 2 of 2 copies done" in printed
    copies = reader.names["copying"].report.copies
    assert {(copy.account, copy.region) for copy in copies} == {(RECIPIENT, at) for at in REGIONS}
    for copy in copies:
        assert f"{copy.account} {copy.region} {copy.image} None" in printed
        assert reader.stage.world.can_launch(copy.region, copy.account, copy.image)
    assert not reader.can_launch()


def test_the_lines_on_distributions_try_again_what_failed(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "golden.yaml").write_text(
        "version: ami-share/distribution/1\n"
        f"image: {{region: {REGION}, id: {reader.stage.image}}}\n"
        f"regions: [{', '.join(REGIONS)}]\n"
        f"recipients: {{accounts: ['{RECIPIENT}']}}\n"
        f"keys: {{default: {ALIAS}}}\n",
        encoding="utf-8",
    )
    reader.stage.world.set_faults({"copies": {"failing": [1], "reason": "broken"}})
    reader.names["sharer"] = reader.sharer()
    printed = reader.run(DISTRIBUTION)
    # The copy that failed is made again, and only that.
    assert reader.stage.called("CopyImage") == len(REGIONS) + 1
    rows = reader.names["report"].manifest().rows
    assert {(row.account, row.region) for row in rows} == {(OWNER, at) for at in REGIONS}
    for row in rows:
        assert row.image is not None and row.image in printed
        assert reader.stage.world.can_launch(row.region, RECIPIENT, row.image)


def test_the_lines_on_key_policies_patch_lint_and_evaluate(reader: Reader) -> None:
    stage = reader.stage

    class Kms:
        def get_key_policy(self, **asked: str) -> dict[str, str]:
            assert asked == {"KeyId": stage.key, "PolicyName": "default"}
            return {"Policy": str(stage.world.key_policy(stage.key))}

    reader.names |= {"kms": Kms(), "key": stage.key}
    printed = reader.run(POLICY)
    assert "+ statement `AmiShareAccountsUse`" in printed
    before, patched = reader.names["policy"], reader.names["patched"]
    assert patched.policy.patched_without(accounts=[RECIPIENT]).policy == before
    assert str(reader.names["decision"]) in printed


def test_the_simulator_block_runs() -> None:
    exec(SIMULATOR, {})


def test_the_mock_block_runs() -> None:
    from test_mock import release

    names: dict[str, object] = {"release": release}
    exec(MOCK.replace("111122223333", RECIPIENT), names)
    tests = [test for name, test in names.items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()  # type: ignore[operator]


def test_the_doctest_of_the_package_runs() -> None:
    import doctest

    assert doctest.testmod(ami_share).attempted >= 7
    assert doctest.testmod(ami_share).failed == 0


def test_every_exception_is_in_the_table_with_attributes_that_it_has() -> None:
    rows = re.findall(r"^\| `(\w+)`.*\|(.*)\|$", README, re.MULTILINE)
    assert {name for name, _ in rows} == set(ami_share.exceptions.__all__) - {"AmiShareError"}
    for name, cell in rows:
        shown = re.findall(r"`(\w+)`", re.split(r":|, for", cell)[0])
        error = getattr(ami_share, name)
        has = {field for base in error.__mro__ for field in getattr(base, "__annotations__", {})}
        assert set(shown) <= has | set(dir(error)), name
