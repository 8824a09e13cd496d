"""A service that embeds a `Sharer`, and its unit tests with `MockSharer`.

`python examples/embed_in_service.py` runs the service on the simulator;
`pytest examples/embed_in_service.py` runs its tests.
"""

import asyncio
from enum import Enum

from ami_share import (
    AwsApiError,
    MockSharer,
    RefusedError,
    Sharer,
    ShareRequest,
    SimulatedSharer,
    SimulatedWorld,
)


class Onboarded(Enum):
    """What the service tells its callers."""

    NOW = "the account can launch the image now"
    BEFORE = "the account could launch the image before"
    NOT_POSSIBLE = "the image cannot be shared"


class Onboarding:
    """Gives every new account of a company its golden image."""

    def __init__(self, sharer: Sharer, region: str, golden: str) -> None:
        self._sharer = sharer
        self._region = region
        self._golden = golden

    async def onboard(self, account: str) -> Onboarded:
        request = ShareRequest(region=self._region, images=[self._golden], accounts=[account])
        try:
            report = await self._sharer.share_async(request)
        except RefusedError as error:
            # Each refusal names its mend.
            print(*error.refusals, sep="\n")
            return Onboarded.NOT_POSSIBLE
        return Onboarded.BEFORE if report.is_empty else Onboarded.NOW


async def main() -> None:
    world, owner = SimulatedWorld(), "111111111111"
    golden = world.register_image("us-east-1", owner, "golden")
    service = Onboarding(SimulatedSharer(world, owner), "us-east-1", golden)
    print(await service.onboard("222222222222"))
    print(await service.onboard("222222222222"))
    print(await service.onboard(owner))


# The unit tests: no AWS, no simulator, no plugin for pytest.


def service(sharer: Sharer) -> Onboarding:
    return Onboarding(sharer, "us-east-1", "ami-0123456789abcdef0")


def test_the_new_account_and_nobody_else_is_named() -> None:
    sharer = MockSharer()
    asyncio.run(service(sharer).onboard("222222222222"))
    [call] = sharer.calls
    assert call.verb == "share"
    assert call.request.principals == ["222222222222"]
    assert call.request.images == {"us-east-1": ["ami-0123456789abcdef0"]}


def test_an_empty_report_means_that_it_was_shared_before() -> None:
    assert asyncio.run(service(MockSharer()).onboard("222222222222")) is Onboarded.BEFORE


def test_a_refusal_is_told() -> None:
    sharer = MockSharer(share=RefusedError("the image is encrypted"))
    assert asyncio.run(service(sharer).onboard("222222222222")) is Onboarded.NOT_POSSIBLE


def test_an_answer_of_aws_is_not_hidden() -> None:
    sharer = MockSharer(share=AwsApiError("no answer", kind="transient", retryable=True))
    try:
        asyncio.run(service(sharer).onboard("222222222222"))
    except AwsApiError as error:
        assert error.retryable
    else:
        raise AssertionError("it was hidden")


if __name__ == "__main__":
    asyncio.run(main())
