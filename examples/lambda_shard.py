"""A Lambda function that runs one shard of a distribution: the event is the shard, and the answer
has its report.

A state machine maps it over `[shard.to_dict() for shard in plan.shards]`, stage by stage, and calls
it again for a shard that is not complete: what is done already is found and left alone. With
`copies: {on_failure: keep}` in the file, a copy that takes longer than the function may run is left
under way, and the next call waits on.

Runs on the simulator: python examples/lambda_shard.py
"""

import json
import threading
from functools import cache
from typing import Any, Protocol

from ami_share import (
    AwsSharer,
    Cancel,
    Distribution,
    Shard,
    Sharer,
    ShardReport,
    SimulatedSharer,
    SimulatedWorld,
)

#: How long before its end the function stops waiting, in seconds
SPARE = 20.0


class Context(Protocol):
    """What the function needs of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int: ...


@cache
def sharer() -> Sharer:
    """Made by the first call, with the function's own role; later calls use its connections."""
    return AwsSharer()


def handler(event: dict[str, Any], context: Context, given: Sharer | None = None) -> dict[str, Any]:
    """Runs the shard that the event is; Lambda gives no sharer, and tests do."""
    shard = Shard.from_json(json.dumps(event))
    cancel = Cancel()
    seconds = context.get_remaining_time_in_millis() / 1_000 - SPARE
    timer = threading.Timer(max(seconds, 0.0), cancel.cancel)
    timer.start()
    try:
        report = (given or sharer()).run_shard(shard, cancel=cancel)
    finally:
        timer.cancel()
    return {"complete": report.is_complete, "report": report.to_dict()}


def small_aws() -> tuple[SimulatedWorld, str]:
    world, owner = SimulatedWorld(), "111111111111"
    for region in ("us-east-1", "eu-west-1"):
        world.create_alias("alias/golden", world.create_key(region, owner))
    world.register_image("us-east-1", owner, "golden-2026-11", encrypted_snapshots=1)
    # Longer than the function may run.
    world.set_faults({"copies": {"milliseconds": 3_000}})
    return world, owner


FILE = """\
version: ami-share/distribution/1
image: {region: us-east-1, newest: {name: "golden-*"}}
regions: [us-east-1, eu-west-1]
recipients: {accounts: ["222222222222"]}
keys: {default: alias/golden}
copies: {on_failure: keep}
"""


class TwoSeconds:
    """A function that may run for two seconds."""

    def get_remaining_time_in_millis(self) -> int:
        return int((SPARE + 2) * 1_000)


def main() -> None:
    world, owner = small_aws()
    simulated = SimulatedSharer(world, owner)
    plan = simulated.plan_distribution(Distribution.from_yaml(FILE))
    reports = []
    for shard in plan.shards:
        calls, complete = 0, False
        while not complete:
            answer = handler(shard.to_dict(), TwoSeconds(), simulated)
            calls, complete = calls + 1, answer["complete"]
        reports.append(ShardReport.from_json(json.dumps(answer["report"])))
        print(f"{shard}: complete after {calls} calls")
    for row in plan.report(reports).manifest().rows:
        assert row.image is not None
        judged = world.can_launch(row.region, "222222222222", row.image)
        print(f"{row.region}: {row.image}, 222222222222 can launch it: {judged.allowed}")
    copies = len(world.images_owned_by("eu-west-1", owner))
    print(f"copies in eu-west-1: {copies}")


if __name__ == "__main__":
    main()
