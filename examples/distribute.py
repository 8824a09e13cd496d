"""Distributes a golden image as a file says: to two OUs and a partner, in three Regions.
What fails on the way is tried again, and only that; a second run finds nothing to do.

Runs on the simulator: pip install rich; python examples/distribute.py
"""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn
from rich.table import Table

from ami_share import (
    Distribution,
    DistributionError,
    DistributionIncompleteError,
    DistributionPlan,
    DistributionReport,
    Sharer,
    SimulatedSharer,
    SimulatedWorld,
)

HERE = Path(__file__).parent
WORLD = HERE / "worlds" / "golden-image.yaml"
FILE = HERE / "distributions" / "golden-image.yaml"
OWNER = "111122223333"
SHOP, PARTNER, STRANGER = "444455556666", "222222222222", "999988887777"


def simulated_aws() -> SimulatedWorld:
    world = SimulatedWorld.load(WORLD.read_text(encoding="utf-8"))
    # Copies take their time, and the first launch permission is refused for once.
    failure = {"code": {"code": "UnauthorizedOperation"}}
    refused = {"operation": "ModifyImageAttribute", "call": [1], "failure": failure}
    world.set_faults({"calls": [refused], "copies": {"milliseconds": 1_000, "spread": 2_000}})
    return world


def tell_what_is_wrong(text: str) -> None:
    try:
        Distribution.from_yaml(text)
    except DistributionError as error:
        for problem in error.problems:
            print(f"line {problem.line}: {problem}")
        print("…so nothing is started")


def apply(sharer: Sharer, plan: DistributionPlan, console: Console) -> DistributionReport:
    """Runs the shards with a bar for each copy; Ctrl-C leaves nothing half-made."""
    columns = TextColumn("{task.description}"), BarColumn(20), TaskProgressColumn()
    bars: dict[tuple[str, str], TaskID] = {}
    with (
        Progress(*columns, console=console) as progress,
        sharer.apply_distribution_events(plan) as distributing,
    ):
        try:
            for event in distributing:
                if event.account is None or event.region is None:
                    continue
                place = event.account, event.region
                if place not in bars:
                    bars[place] = progress.add_task(" ".join(place), total=100)
                is_there = event.outcome in ("copied", "found")
                progress.update(bars[place], completed=100 if is_there else event.percent)
        except DistributionIncompleteError as error:
            for report in error.report.shards:
                if not report.is_complete:
                    print(f"{report.shard}: {report.all_problems[0]}")
            print("…so that is tried again")
            return sharer.retry_distribution(plan, error.report)
    return distributing.report


def main() -> None:
    console = Console()
    tell_what_is_wrong(FILE.read_text(encoding="utf-8").replace("keep_last", "keep_latest"))
    world, distribution = simulated_aws(), Distribution.load(FILE)
    sharer = SimulatedSharer(world, OWNER)
    plan = sharer.plan_distribution(distribution)
    print(f"\n{plan}\n")
    report = apply(sharer, plan, console)
    table = Table("account", "Region", "image", "state", title="The manifest")
    for row in report.manifest().rows:
        table.add_row(row.account, row.region, row.image, row.state)
    console.print(table)

    for owner in report.shards:
        if owner.shard.stage == "owner" and owner.image is not None:
            for account in (SHOP, PARTNER, STRANGER):
                judged = world.can_launch(owner.shard.region, account, owner.image)
                print(f"{account} can launch it in {owner.shard.region}: {judged.allowed}")
    print(f"\n{sharer.verify_distribution(distribution)}")
    print(f"\n{sharer.plan_distribution(distribution)}")


if __name__ == "__main__":
    main()
