"""The types: the stub against the module, the package in itself, and its use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(*command: str | Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_stub_is_what_the_module_has() -> None:
    run("mypy.stubtest", "ami_share", "--allowlist", "tests/stubtest-allowed.txt")


def test_the_package_and_its_use_are_typed() -> None:
    run("mypy", "--strict", "-p", "ami_share")
    run("mypy", "--strict", "tests/typing/uses.py")


def test_the_tests_and_examples_are_typed() -> None:
    tests = sorted((ROOT / "tests").glob("*.py"))
    examples = sorted((ROOT.parent / "examples").glob("*.py"))
    run("mypy", "--strict", *tests, *examples)
