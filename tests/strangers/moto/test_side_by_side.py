"""The simulator and moto give the same answers, but for the differences that are listed.

`differences.toml` lists them. Each has a source that says what AWS does, or says that none does.
One that no longer occurs has to be taken out.
"""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import awscli
import pytest
from botocore.loaders import Loader

import server
from scenes import SCENES
from sides import Answer, Difference, Side, compare

LIST = Path(__file__).parent / "differences.toml"


@dataclass(frozen=True)
class Listed:
    """A difference that is known; texts may have `*`, and a scene or label left out is any."""

    operation: str
    path: str
    ours: str
    moto: str
    why: str
    source: str
    scene: str = "*"
    label: str = "*"

    def is_of(self, difference: Difference) -> bool:
        return all(
            _matches(getattr(difference, name), getattr(self, name))
            for name in ("operation", "path", "ours", "moto", "scene", "label")
        )

    def __str__(self) -> str:
        return f"{self.operation} {self.path} {self.label}"


def _matches(text: str, pattern: str) -> bool:
    # Brackets are part of paths, not classes of characters.
    return fnmatchcase(text, pattern.replace("[", "[[]"))


KNOWN = [
    Listed(**entry)
    for entry in tomllib.loads(LIST.read_text(encoding="utf-8")).get("difference", [])
]

# The kinds of sources, as the README says how to read them.
MODEL = re.compile(r'model of (\w+), (\w+)(?:\.(\w+))?: "(.+)"')
EXAMPLE = re.compile(r"AWS CLI example of ([\w-]+) ([\w-]+): (.+)")
GUIDE = re.compile(r"(EBS|EC2|IAM|KMS) (User|Developer) Guide, [\w-]+(: .+)?")
UNDOCUMENTED = re.compile(r"not documented; ours follows.+")
SOURCES = [MODEL, EXAMPLE, GUIDE, UNDOCUMENTED]

Played = dict[str, list[Difference] | Exception]


@pytest.fixture(scope="module")
def played(simulator: server.Simulator) -> Iterator[Played]:
    """All differences of every scene, each scene in empty worlds; or why it broke off."""
    with server.moto() as moto:
        ours, motos = Side(simulator.url, is_moto=False), Side(moto.url, is_moto=True)
        found: Played = {}
        for name, play in SCENES.items():
            try:
                for side, running in ((ours, simulator), (motos, moto)):
                    running.reset()
                    side.begin()
                    play(side)
                found[name] = compare(name, ours.answers, motos.answers)
            except Exception as error:  # Told by the scene's own test.
                found[name] = error
        yield found


@pytest.mark.parametrize("scene", SCENES)
def test_every_difference_is_listed(played: Played, scene: str) -> None:
    found = played[scene]
    if isinstance(found, Exception):
        raise found
    unlisted = [
        str(difference)
        for difference in found
        if not any(known.is_of(difference) for known in KNOWN)
    ]
    assert not unlisted, "\n" + "\n".join(unlisted)


@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_every_listed_difference_occurs(played: Played, known: Listed) -> None:
    found = [one for ended in played.values() if isinstance(ended, list) for one in ended]
    assert any(known.is_of(difference) for difference in found), known


@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_every_listed_difference_has_a_source(known: Listed) -> None:
    assert known.why and known.ours != known.moto
    kinds = [kind for kind in SOURCES if kind.fullmatch(known.source)]
    assert len(kinds) == 1, known.source


QUOTING = [known for known in KNOWN if MODEL.match(known.source) or EXAMPLE.match(known.source)]


@pytest.mark.parametrize("known", QUOTING, ids=str)
def test_every_quoted_source_says_so(known: Listed) -> None:
    """In the models and examples of the clients that are installed."""
    if model := MODEL.fullmatch(known.source):
        service, shape, member, quoted = model.groups()
        read = documentation(service, shape, member)
    else:
        example = EXAMPLE.fullmatch(known.source)
        assert example, known.source
        service, command, quoted = example.groups()
        examples = Path(awscli.__file__).parent / "examples"
        read = (examples / service / f"{command}.rst").read_text(encoding="utf-8")
    assert quoted in " ".join(read.split())


@cache
def model_of(service: str) -> Any:
    return Loader().load_service_model(service.lower(), "service-2")


def documentation(service: str, shape: str, member: str | None) -> str:
    """What the API model says of a shape, an operation, or a member of a shape."""
    model = model_of(service)
    found = model["shapes"].get(shape) or model["operations"][shape]
    if member is not None:
        found = found["members"][member]
    return html.unescape(re.sub(r"<[^>]+>", "", found["documentation"]))


# --- The comparison itself can tell ---


def differing(ours: object, moto: object) -> list[tuple[str, str, str]]:
    sides = [Side("", is_moto=False), Side("", is_moto=True)]
    answers = [
        [Answer("label", "Operation", side._names.plain(content))]
        for side, content in zip(sides, (ours, moto), strict=True)
    ]
    return [(one.path, one.ours, one.moto) for one in compare("scene", *answers)]


def test_equal_answers_with_other_ids_and_order_do_not_differ() -> None:
    def answer(first: str, second: str) -> object:
        return {
            "Made": [first, second],
            "Images": [{"ImageId": first, "Name": "a"}, {"ImageId": second, "Name": "b"}],
        }

    here = {"Made": ["ami-11111111"], "Tags": [{"Key": "a"}, {"Key": "b"}], "Until": "x"}
    there = {"Made": ["ami-22222222"], "Tags": [{"Key": "b"}, {"Key": "a"}], "Until": "x"}
    assert differing(here, there) == []
    there = answer("ami-cccccccc", "ami-dddddddd")
    assert differing(answer("ami-aaaaaaaa", "ami-bbbbbbbb"), there) == []


@pytest.mark.parametrize(
    ("ours", "moto", "expected"),
    [
        ({"A": 1}, {"A": 2}, ("A", "1", "2")),
        ({"A": True}, {"A": "true"}, ("A", "true", '"true"')),
        ({"A": []}, {}, ("A", "0 items", "absent")),
        ({"A": [{"B": "x"}]}, {"A": [{"B": "y"}]}, ("A[].B", '"x"', '"y"')),
        ({"A": [1]}, {"A": [1, 2]}, ("A", "1 items", "2 items")),
        (
            {"Error": {"Code": "No", "Status": 400}},
            {"ImageId": "ami-11111111"},
            ("", "No (400)", "{ImageId}"),
        ),
        (
            {"Error": {"Code": "No", "Status": 400}},
            {"Error": {"Code": "No", "Status": 403}},
            ("Error.Status", "400", "403"),
        ),
        (
            {"A": "ami-11111111", "B": "ami-11111111"},
            {"A": "ami-11111111", "B": "ami-22222222"},
            ("B", '"<image 1>"', '"<image 2>"'),
        ),
    ],
)
def test_answers_that_differ_are_told(
    ours: object, moto: object, expected: tuple[str, str, str]
) -> None:
    assert differing(ours, moto) == [expected]
