"""The README's code is real."""

from __future__ import annotations

import re
from pathlib import Path

import ami_share

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS: list[str] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_simulator_block_runs() -> None:
    [block] = [block for block in BLOCKS if "SimulatedWorld()" in block]
    exec(block, {})


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
