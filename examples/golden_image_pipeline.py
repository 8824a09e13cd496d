"""A pipeline: a golden image goes to development, then staging, then production, tagged as
distributed with the date. Each environment is verified before the next one gets it.

Runs on the simulator: python examples/golden_image_pipeline.py
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ami_share import Sharer, ShareRequest, SimulatedSharer, SimulatedWorld

REGION = "us-east-1"
OWNER = "111111111111"
DEVELOPMENT = "222222222222"
STAGING = "333333333333"
SERVICE = "555555555555"


@dataclass(frozen=True)
class Environment:
    """Who gets the image next, and whether they may copy it too."""

    name: str
    recipients: list[str]
    snapshots: Literal["for-copy", "leave-as-is"] = "leave-as-is"


def distribute(
    sharer: Sharer, image: str, environments: list[Environment], organization: str
) -> None:
    """Shares the image with one environment after the other; stops where one is not verified."""
    for environment in environments:
        request = ShareRequest(
            region=REGION,
            images=[image],
            principals=environment.recipients,
            snapshots=environment.snapshots,
            # Whatever a list in a repository says, nobody else is shared with.
            trusted_accounts=[DEVELOPMENT, STAGING],
            trusted_organizations=[organization],
            tags={
                "Distributed": "true",
                "DistributedDate": date.today().isoformat(),
                "ec2:SharedTag/release": "2026-11",
            },
        )
        report = sharer.share(request)
        verification = sharer.verify(request)
        print(f"== {environment.name}\n{report}\n{verification}\n")
        if verification.as_desired != "yes":
            raise SystemExit(f"{environment.name} was not verified")


def main() -> None:
    world = SimulatedWorld()
    organization = world.create_organization(OWNER)
    production = world.create_organizational_unit(organization)
    world.create_account(production, SERVICE)
    image = world.register_image(REGION, OWNER, "golden-2026-11")

    environments = [
        Environment("development", [DEVELOPMENT], snapshots="for-copy"),
        Environment("staging", [STAGING]),
        Environment("production", [production]),
    ]
    distribute(SimulatedSharer(world, OWNER), image, environments, organization)

    judged = world.can_launch(REGION, SERVICE, image)
    print(f"{SERVICE} can launch: {judged.allowed} ({judged.reason})")
    # What a recipient sees of the tags: only those that are meant for it.
    for shared in SimulatedSharer(world, SERVICE).shared_with_me(REGION):
        print(f"{shared.id} {shared.name} from {shared.owner}: {shared.tags}")


if __name__ == "__main__":
    main()
