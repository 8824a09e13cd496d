"""Copies a golden image into two accounts and two Regions, each copy under its account's own key,
and shows how far each is.

Runs on the simulator: pip install rich; python examples/copy_image.py
"""

from collections.abc import Mapping

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn
from rich.table import Table

from ami_share import (
    CopyIncompleteError,
    CopyReport,
    CopyRequest,
    Roles,
    Sharer,
    SimulatedSharer,
    SimulatedWorld,
)

OWNER = "111111111111"
RECIPIENTS = ["222222222222", "333333333333"]
SOURCE_REGION = "us-east-1"
REGIONS = ["us-east-1", "eu-west-1"]
ALIAS = "alias/golden"


def small_aws() -> tuple[SimulatedWorld, str, str]:
    """An encrypted image, and recipients with a key in each Region and a role for the owner."""
    world = SimulatedWorld()
    key = world.create_key(SOURCE_REGION, OWNER)
    image = world.register_image(SOURCE_REGION, OWNER, "golden-2026-11", encrypted_with=[key])
    for account in RECIPIENTS:
        trust = {"Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"}}
        role = world.create_role(account, "AmiShare", policy(trust))
        world.put_role_policy(role, "all", policy({"Action": "*", "Resource": "*"}))
        for region in REGIONS:
            world.create_alias(ALIAS, world.create_key(region, account))
    # Copies take their time, some more than others.
    world.set_faults({"copies": {"milliseconds": 2_500, "spread": 1_500}})
    return world, key, image


def policy(statement: Mapping[str, object]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}


def copy_with_progress(sharer: Sharer, request: CopyRequest, console: Console) -> CopyReport:
    """Makes the copies; Ctrl-C cancels them, and waits until what is half-made is cleaned up."""
    plan = sharer.plan_copies(request)
    print(plan)
    columns = TextColumn("{task.description}"), BarColumn(20), TaskProgressColumn()
    with (
        Progress(*columns, console=console) as progress,
        sharer.apply_copies_events(plan, on_change="do-not-look") as copying,
    ):
        bars: dict[tuple[str, str], TaskID] = {}
        for copy in plan.copies:
            place = copy.account, copy.region
            bars[place] = progress.add_task(f"{copy.account} {copy.region}", total=100)
        for event in copying:
            if event.account is None or event.region is None:
                continue
            done = 100 if event.kind == "copy_finished" else event.percent or 0
            progress.update(bars[event.account, event.region], completed=done)
    return copying.report


def main() -> None:
    console = Console()
    world, source_key, image = small_aws()
    sharer = SimulatedSharer(world, OWNER, roles=Roles("arn:aws:iam::{account}:role/AmiShare"))
    request = CopyRequest(
        source_region=SOURCE_REGION,
        source_image=image,
        accounts=RECIPIENTS,
        regions=REGIONS,
        key=ALIAS,  # that of each account and Region
        source_access="close",  # what is opened for the copies is closed after them
    )
    try:
        report = copy_with_progress(sharer, request, console)
    except CopyIncompleteError as error:
        print(error.report)
        raise SystemExit(str(error)) from error

    # The owner's key is lost: whoever has a copy of its own does not mind.
    world.set_key_state(source_key, "PendingDeletion")
    table = Table("account", "Region", "copy", "launches")
    for copy in report.copies:
        assert copy.image is not None
        judged = world.can_launch(copy.region, copy.account, copy.image)
        table.add_row(copy.account, copy.region, copy.image, "yes" if judged else judged.reason)
    console.print(table)
    console.print(f"a second run: {sharer.copy(request).copies[0].outcome}, and nothing is written")


if __name__ == "__main__":
    main()
