"""A world that most tests start from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ami_share import ShareRequest, SimulatedSharer, SimulatedWorld
from moto_support import serving

REGION = "us-east-1"
OWNER = "111122223333"
RECIPIENT = "444455556666"
STRANGER = "777788889999"


@dataclass
class Stage:
    """One image of the owner, and a sharer that calls as the owner."""

    world: SimulatedWorld
    sharer: SimulatedSharer
    image: str

    def request(self, **arguments: object) -> ShareRequest:
        """A request for the image; for the recipient, unless principals are named."""
        named = ("accounts", "organizations", "organizational_units", "public", "principals")
        if not any(name in arguments for name in named):
            arguments["accounts"] = [RECIPIENT]
        return ShareRequest(region=REGION, images=[self.image], **arguments)  # type: ignore[arg-type]

    def can_launch(self, account: str = RECIPIENT) -> bool:
        """What the simulator judges by its own rules."""
        return self.world.can_launch(REGION, account, self.image).allowed

    def can_copy(self, account: str = RECIPIENT) -> bool:
        """What the simulator judges by its own rules."""
        return self.world.can_copy(REGION, account, self.image).allowed

    def writes(self) -> list[str]:
        """The operations that wrote, in order."""
        return [call.operation for call in self.world.calls() if call.write]


def make_stage() -> Stage:
    world = SimulatedWorld()
    image = world.register_image(REGION, OWNER, "golden")
    return Stage(world, SimulatedSharer(world, OWNER), image)


@pytest.fixture
def stage() -> Stage:
    return make_stage()


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The URL of a moto server."""
    with serving() as url:
        yield url
