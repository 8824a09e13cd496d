"""The README's code is real."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ami_share
from ami_share import ShareRequest, SimulatedSharer, SimulatedWorld

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS: list[str] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_simulator_block_runs() -> None:
    [block] = [block for block in BLOCKS if "SimulatedWorld()" in block]
    exec(block, {})


def test_the_block_on_encrypted_images_runs(capsys: pytest.CaptureFixture[str]) -> None:
    world = SimulatedWorld()
    key = world.create_key("us-east-1", "111122223333")
    image = world.register_image("us-east-1", "111122223333", encrypted_with=[key])
    request = ShareRequest(region="us-east-1", images=[image], accounts=["444455556666"])
    sharer = SimulatedSharer(world, "111122223333")
    [block] = [block for block in BLOCKS if "sharer.explain" in block]
    exec(block, {"sharer": sharer, "request": request, "image": image})
    printed = capsys.readouterr().out
    assert "AmiShareAccountsUse" in printed and "kms:PutKeyPolicy" in printed
    assert f"key policy of {key}: yes" in printed
    assert world.can_launch("us-east-1", "444455556666", image)


def test_the_mock_block_runs() -> None:
    from test_mock import release

    [block] = [block for block in BLOCKS if "MockSharer" in block]
    block = block.replace("111122223333", "444455556666")
    names: dict[str, object] = {"release": release}
    exec(block, names)
    tests = [test for name, test in names.items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()  # type: ignore[operator]


def test_the_doctest_of_the_package_runs() -> None:
    import doctest

    assert doctest.testmod(ami_share).attempted >= 7
    assert doctest.testmod(ami_share).failed == 0


def test_every_exception_is_in_the_table() -> None:
    named = set(re.findall(r"^\| `(\w+)`", README, re.MULTILINE))
    assert named == set(ami_share.exceptions.__all__) - {"AmiShareError"}
