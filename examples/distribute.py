"""Distributes a golden image as a file says: plan, apply with progress, verify, and take it back.

Runs on the simulator: pip install rich; python examples/distribute.py
"""

from collections.abc import Mapping

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
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

OWNER = "111111111111"
TEAMS = {"web": "222222222222", "data": "333333333333"}
REGIONS = ["us-east-1", "eu-west-1", "ap-southeast-2"]
FILE = """\
version: ami-share/distribution/1
image: {region: us-east-1, newest: {name: "golden-*", tags: {stage: tested}}}
regions: [us-east-1, eu-west-1, ap-southeast-2]
groups:
  teams: {accounts: ["222222222222", "333333333333"]}
recipients: {groups: [teams]}
recipients_get: copy
roles: {template: "arn:aws:iam::{account}:role/AmiShare"}
keys: {default: alias/golden}
copies: {source_access: close}
distributed_tags: true
"""


def small_aws() -> SimulatedWorld:
    """An encrypted image, a key for each account and Region, and a role in each recipient."""
    world = SimulatedWorld()
    for account in (OWNER, *TEAMS.values()):
        for region in REGIONS:
            world.create_alias("alias/golden", world.create_key(region, account))
    key = world.create_key("us-east-1", OWNER)
    world.register_image(
        "us-east-1", OWNER, "golden-2026-11", encrypted_with=[key], tags={"stage": "tested"}
    )
    for account in TEAMS.values():
        trust = {"Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"}}
        role = world.create_role(account, "AmiShare", policy(trust))
        world.put_role_policy(role, "all", policy({"Action": "*", "Resource": "*"}))
    # The third call to copy goes wrong.
    failure = {"code": {"code": "UnauthorizedOperation"}}
    fault = {"operation": "CopyImage", "call": [3], "failure": failure}
    world.set_faults({"calls": [fault], "copies": {"milliseconds": 500, "spread": 1_500}})
    return world


def policy(statement: Mapping[str, object]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}


def read(text: str, console: Console) -> Distribution:
    try:
        return Distribution.from_yaml(text)
    except DistributionError as error:
        for problem in error.problems:
            console.print(f"line {problem.line}: {problem}", soft_wrap=True)
        raise SystemExit(1) from error


def apply(sharer: Sharer, plan: DistributionPlan, console: Console) -> DistributionReport:
    """Runs the shards with progress, and what failed once more; Ctrl-C leaves nothing half-made."""
    columns = TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn()
    copies = sum(shard.stage == "recipient" for shard in plan.shards)
    copies += len(plan.distribution.copy_regions)
    with (
        Progress(*columns, console=console) as progress,
        sharer.apply_distribution_events(plan) as distributing,
    ):
        bar = progress.add_task("copies", total=copies)
        try:
            for event in distributing:
                if event.kind == "copy_finished" and event.outcome in ("copied", "found"):
                    progress.advance(bar)
        except DistributionIncompleteError as error:
            for shard in error.report.shards:
                for problem in shard.problems:
                    progress.print(f"{shard.shard}: {problem}", soft_wrap=True)
            report = sharer.retry_distribution(plan, error.report)
            progress.update(bar, completed=copies)
            return report
    return distributing.report


def main() -> None:
    console = Console()
    read_wrong = FILE.replace("recipients_get", "recipient_gets")
    try:
        read(read_wrong, console)
    except SystemExit:
        console.print("…so nothing was started; with that mended:\n")
    world, distribution = small_aws(), read(FILE, console)
    sharer = SimulatedSharer(world, OWNER)
    plan = sharer.plan_distribution(distribution)
    console.print(f"{plan.image} goes to {len(plan.accounts)} accounts in {len(plan.shards)} shards")
    report = apply(sharer, plan, console)
    table = Table("account", "Region", "image", "state", title="The manifest")
    for row in report.manifest().rows:
        table.add_row(row.account, row.region, row.image, row.state)
    console.print(table)
    console.print(f"verified: {sharer.verify_distribution(distribution).answer}")
    console.print(f"a second plan is empty: {sharer.plan_distribution(distribution).is_empty}")
    sharer.destroy_shares(distribution)
    console.print("the shares are taken back; images and copies stay")


if __name__ == "__main__":
    main()
