"""Distributes an image by worker processes: each shard of a plan is a document that runs alone.

One worker is killed while its copy is under way. Nothing is lost: its shard is run again, finds the
copy, and ends the same.

A Ray cluster of two workers: pip install -r examples/requirements-ray.txt
                              python examples/distribute_on_ray.py
The same without Ray:         python examples/distribute_on_ray.py --processes

Runs on the simulator's server, through the AWS backend.
"""

import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

from ami_share import (
    AwsSharer,
    Distribution,
    DistributionPlan,
    DistributionReport,
    Shard,
    ShardReport,
    SimulatedWorld,
)

OWNER = "111111111111"
RECIPIENTS = ["222222222222", "333333333333"]
REGIONS = ["us-east-1", "eu-west-1"]
VICTIM = RECIPIENTS[0], "eu-west-1"

#: Runs documents of shards anywhere, side by side, and gives the documents of their reports.
Workers = Callable[[Sequence[str]], Sequence[str]]


def distribute(plan: DistributionPlan, workers: Workers) -> DistributionReport:
    """Stage by stage: what recipients copy is what the owner's shards made."""
    reports: list[ShardReport] = []

    def run(shards: Sequence[Shard]) -> None:
        documents = workers([shard.to_json() for shard in shards])
        reports.extend(map(ShardReport.from_json, documents))

    for stage in ("owner", "recipient"):
        run([shard for shard in plan.shards if shard.stage == stage])
    run(plan.finishing(reports))
    return plan.report(reports)


def sharer_at(endpoint: str) -> AwsSharer:
    return AwsSharer(access_key_id=OWNER, secret_access_key="any", endpoint_url=endpoint)


def run_shard(document: str, endpoint: str, notes: str) -> str:
    """What a worker does; it notes which process it is, for whoever wants to kill it."""
    shard = Shard.from_json(document)
    with Path(notes, f"{shard.stage}-{shard.account}-{shard.region}").open("a") as note:
        note.write(f"{os.getpid()}\n")
    return sharer_at(endpoint).run_shard(shard).to_json()


def on_ray(endpoint: str, notes: str) -> Workers:
    """Ray runs a task again whose worker died."""
    # A cluster of this machine alone, on 127.0.0.1, which writes nothing into the home directory.
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray

    ray.init(
        address="local",
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        object_store_memory=100 * 1024 * 1024,
    )
    task = ray.remote(max_retries=3)(run_shard)

    def workers(documents: Sequence[str]) -> Sequence[str]:
        running = [task.remote(document, endpoint, notes) for document in documents]
        done: list[str] = ray.get(running)
        return done

    return workers


def in_processes(endpoint: str, notes: str) -> Workers:
    """A pool ends when one of its processes dies; what is not done is run by another pool."""

    def workers(documents: Sequence[str]) -> Sequence[str]:
        done: dict[str, str] = {}
        while missing := [document for document in documents if document not in done]:
            with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
                running = {pool.submit(run_shard, it, endpoint, notes): it for it in missing}
                for future, document in running.items():
                    with suppress(BrokenProcessPool):
                        done[document] = future.result()
        return [done[document] for document in documents]

    return workers


def kill_the_worker_of(victim: tuple[str, str], world: SimulatedWorld, notes: str) -> None:
    """As soon as its copy is under way."""
    account, region = victim
    while not world.images_owned_by(region, account):
        time.sleep(0.02)
    pid = Path(notes, f"recipient-{account}-{region}").read_text().split()[-1]
    os.kill(int(pid), signal.SIGKILL)
    print(f"killed worker {pid}, which was copying into {account}/{region}")


def small_aws() -> tuple[SimulatedWorld, str]:
    """An encrypted image, a key for each account and Region, and a role in each recipient."""
    world = SimulatedWorld()
    for account in (OWNER, *RECIPIENTS):
        for region in REGIONS:
            world.create_alias("alias/golden", world.create_key(region, account))
    image = world.register_image("us-east-1", OWNER, "golden-2026-11", encrypted_snapshots=1)
    for account in RECIPIENTS:
        trust = {"Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"}}
        role = world.create_role(account, "AmiShare", policy(trust))
        world.put_role_policy(role, "all", policy({"Action": "*", "Resource": "*"}))
    world.set_faults({"copies": {"milliseconds": 3_000}})
    return world, image


def policy(statement: Mapping[str, object]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}


def golden(image: str) -> Distribution:
    return Distribution.from_dict(
        {
            "version": "ami-share/distribution/1",
            "image": {"region": "us-east-1", "id": image},
            "regions": REGIONS,
            "recipients": {"accounts": RECIPIENTS},
            "recipients_get": "copy",
            "roles": {"template": "arn:aws:iam::{account}:role/AmiShare"},
            "keys": {"default": "alias/golden"},
            "copies": {"source_access": "close"},
        }
    )


def main() -> None:
    world, image = small_aws()
    with world.serve() as server, tempfile.TemporaryDirectory() as notes:
        make_workers = in_processes if "--processes" in sys.argv[1:] else on_ray
        workers = make_workers(server.endpoint, notes)
        plan = sharer_at(server.endpoint).plan_distribution(golden(image))
        print(f"{len(plan.shards)} shards for two workers")
        Thread(target=kill_the_worker_of, args=(VICTIM, world, notes), daemon=True).start()
        report = distribute(plan, workers)
        runs = Path(notes, "recipient-{}-{}".format(*VICTIM)).read_text().split()
    print(f"the shard of the killed worker ran {len(runs)} times")
    for account in RECIPIENTS:
        for region in REGIONS:
            [copy] = world.images_owned_by(region, account)
            judged = world.can_launch(region, account, copy)
            print(f"{account}/{region}: one copy, launches: {judged.allowed}")
    print(f"complete: {report.is_complete}")


if __name__ == "__main__":
    main()
