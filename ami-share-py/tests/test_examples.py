"""The Python examples at the top of the repository, run as their readers run them."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from types import ModuleType

import pytest

from ami_share import (
    Distribution,
    InvalidRequestError,
    Shard,
    ShardReport,
    SimulatedSharer,
    SimulatedWorld,
    key_policy_for_sharing,
)
from ami_share._internal import HAS_AWS
from moto_support import launch_permissions, register

EXAMPLES = Path(__file__).parents[2] / "examples"
OWNER = "111122223333"
RECIPIENT = "444455556666"


def run(*command: str | Path, status: int = 0) -> str:
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    ended = subprocess.run(
        [sys.executable, *command],
        env={**{name: os.environ[name] for name in os.environ if name[:4] != "AWS_"}, **keys},
        timeout=180,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == status, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def in_order(output: str, *texts: str) -> None:
    """Each text stands behind the one before; the same one twice has to be there twice."""
    place = 0
    for text in texts:
        found = output.find(text, place)
        assert found >= 0, f"{text!r} is missing or out of order in:\n{output}"
        place = found + len(text)


def rows_of(output: str) -> list[list[str]]:
    """The rows of rich's tables in an output, without their heads."""
    lines = [line for line in output.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


def test_every_example_is_looked_at_and_short() -> None:
    names = {path.name for path in EXAMPLES.glob("*.py")}
    assert names == {
        "copy_image.py",
        "distribute.py",
        "distribute_on_ray.py",
        "embed_in_service.py",
        "encrypted_image.py",
        "golden_image_pipeline.py",
        "lambda_shard.py",
        "quickstart.py",
        "share_on_aws.py",
        "who_may_use_this_key.py",
    }
    for name in names:
        # That one has three ways to run, and a killer.
        most = 200 if name == "distribute_on_ray.py" else 130
        assert len((EXAMPLES / name).read_text().splitlines()) < most, name


def test_quickstart() -> None:
    in_order(
        run(EXAMPLES / "quickstart.py"),
        "Plan: 2 to add, 0 to remove",
        "started: 2 steps",
        "finished: 2 of 2 steps done",
        "333333333333 can launch: True",
        "444444444444 can launch: False",
        "Nothing to do",
        "refused: block public access",
        "mend:",
        "--- Revoked",
        "333333333333 can launch: False",
        "444444444444 can launch: False",
    )


def test_encrypted_image() -> None:
    in_order(
        run(EXAMPLES / "encrypted_image.py"),
        "AmiShareAccountsUse",
        "Plan: 3 to add, 0 to remove",
        "Done: 2 calls",
        "Verified: everything is as asked for",
        "333333333333 can launch: True",
        "555555555555 can launch: True",
        "222222222222 can launch: False",
        "launch permission of ami-",
        "mend: call ModifyImageAttribute to add `222222222222`",
        "is an AWS managed key, which cannot be shared",
        "mend: call CopyImage with a customer managed key",
        "a key to copy it under: arn:aws:kms:us-east-1:111111111111:key/",
        "--- Revoked",
        "Verified: everything is as asked for",
        "333333333333 can launch: False",
        "555555555555 can launch: False",
    )


def test_embed_in_service_and_its_own_tests() -> None:
    in_order(
        run(EXAMPLES / "embed_in_service.py"),
        "Onboarded.NOW",
        "Onboarded.BEFORE",
        "an owner always has access",
        "Onboarded.NOT_POSSIBLE",
    )
    tests = run("-m", "pytest", "-q", "-p", "no:cacheprovider", EXAMPLES / "embed_in_service.py")
    assert "4 passed" in tests


def test_golden_image_pipeline() -> None:
    in_order(
        run(EXAMPLES / "golden_image_pipeline.py"),
        "== development",
        "== staging",
        "== production",
        "555555555555 can launch: True",
        "{'ec2:SharedTag/release': '2026-11'}",
    )


def test_who_may_use_this_key(tmp_path: Path) -> None:
    example = EXAMPLES / "who_may_use_this_key.py"
    in_order(
        run(example),
        f"{OWNER}:root: allowed",
        "statement 0 `Enable IAM User Permissions`: allows",
        "role/Intern: denied",
        "statement 4 `Not for interns`: denies",
        "role/Builder: unknown",
        "`aws:PrincipalOrgID`: the key is not known",
        "`AIDAEXAMPLEID12345678` is the id of a role or user that was deleted",
        "mend: take the id out",
        "statement `Look at it in our OU`: it is open to every AWS account",
    )
    file = tmp_path / "policy.json"
    file.write_text(str(key_policy_for_sharing(OWNER, accounts=[RECIPIENT])), encoding="utf-8")
    told = ["--principal", RECIPIENT, "--principal", "ec2.amazonaws.com", "--action", "kms:Decrypt"]
    output = run(example, file, *told)
    in_order(output, "3 statements", f"{RECIPIENT}: allowed", "ec2.amazonaws.com: denied")
    assert "mend" not in output
    file.write_text('{"Version": "2012\u201310\u201317"}', encoding="utf-8")
    in_order(run(example, file, status=1), "line 1, column 18, at `Version`")
    in_order(run(example, tmp_path / "none.json", status=1), "none.json")


def test_copy_image() -> None:
    output = run(EXAMPLES / "copy_image.py")
    in_order(
        output,
        "Plan: 4 copies to make",
        "222222222222 eu-west-1",
        "100%",
        "333333333333 us-east-1",
        "100%",
        "launches",
        "a second run: found",
    )
    rows = rows_of(output)
    assert [(account, region, launches) for account, region, _, launches in rows] == [
        ("222222222222", "eu-west-1", "yes"),
        ("222222222222", "us-east-1", "yes"),
        ("333333333333", "eu-west-1", "yes"),
        ("333333333333", "us-east-1", "yes"),
    ]
    assert len({image for _, _, image, _ in rows}) == 4


def test_distribute() -> None:
    output = run(EXAMPLES / "distribute.py")
    in_order(
        output,
        "`predecessors.keep_latest`: there is no key",
        "did you mean `keep_last`?",
        "nothing is started",
        "Plan: 2 copies to make",
        "ModifyImageAttribute failed with `UnauthorizedOperation`",
        "…so that is tried again",
        "100%",
        "The manifest",
        "444455556666 can launch it in ap-southeast-2: True",
        "222222222222 can launch it in ap-southeast-2: True",
        "999988887777 can launch it in ap-southeast-2: False",
        "222222222222 can launch it in us-east-1: True",
        "Verified: everything is as asked for",
        "Nothing to do",
    )
    rows = rows_of(output)
    owner_and_recipients = ["111122223333", "222222222222", "444455556666", "555566667777"]
    regions = ["ap-southeast-2", "eu-central-1", "us-east-1"]
    places = [(account, region) for account, region, _, _ in rows]
    assert sorted(places) == list(product(owner_and_recipients, regions))
    assert {state for _, _, _, state in rows} == {"complete"}
    # One image a Region, which its recipients share.
    assert len({(region, image) for _, region, image, _ in rows}) == 3


def test_lambda_shard() -> None:
    in_order(
        run(EXAMPLES / "lambda_shard.py"),
        "owner 111111111111/eu-west-1: complete after 2 calls",
        "us-east-1: complete after 1 calls",
        "eu-west-1: ami-",
        "222222222222 can launch it: True",
        "222222222222 can launch it: True",
        "copies in eu-west-1: 1",
    )


def test_lambda_hands_on_what_is_wrong_with_a_shard() -> None:
    example = module("lambda_shard")
    context = example.TwoSeconds()
    with pytest.raises(InvalidRequestError):
        example.handler({"stage": "owner"}, context)
    world, owner = example.small_aws()
    sharer = SimulatedSharer(world, owner)
    plan = sharer.plan_distribution(Distribution.from_yaml(example.FILE))
    world.deny(owner, "CopyImage")
    answer = example.handler(plan.shards[0].to_dict(), context, sharer)
    assert not answer["complete"]
    assert "CopyImage" in ShardReport.from_json(json.dumps(answer["report"])).all_problems[0]


def module(name: str) -> ModuleType:
    """An example as a module; what one has of Ray is imported only when it is used."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_a_worker_that_dies_loses_nothing_whatever_runs_the_shards() -> None:
    """The logic of `distribute_on_ray.py`, with threads as workers: a build without AWS has it."""
    example = module("distribute_on_ray")
    world, image = example.small_aws()
    runs: list[str] = []

    def worker(document: str) -> str:
        shard = Shard.from_json(document)
        sharer = SimulatedSharer(world, example.OWNER)
        runs.append(str(shard))
        place = shard.account, shard.region
        if place == example.VICTIM and runs.count(str(shard)) == 1:
            # It dies while its copy is under way: the copy goes on, and nobody hears of it.
            dying = asyncio.run(die_while_copying(sharer, shard, world))
            assert dying is None
            return worker(document)
        return sharer.run_shard(shard).to_json()

    def workers(documents: Sequence[str]) -> Sequence[str]:
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(worker, documents))

    kept = example.golden(image).to_dict()
    kept["copies"] = {"source_access": "close", "on_failure": "keep"}
    plan = SimulatedSharer(world, example.OWNER).plan_distribution(Distribution.from_dict(kept))
    report = example.distribute(plan, workers)
    assert report.is_complete
    assert runs.count("recipient {}/{}".format(*example.VICTIM)) == 2
    for account in example.RECIPIENTS:
        for region in example.REGIONS:
            [copy] = world.images_owned_by(region, account)
            assert world.can_launch(region, account, copy)
    assert world.launch_permissions("us-east-1", image) == []


async def die_while_copying(sharer: SimulatedSharer, shard: Shard, world: SimulatedWorld) -> None:
    running = asyncio.ensure_future(sharer.run_shard_async(shard))
    while not world.images_owned_by(shard.region, shard.account):
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


SKIPPED_WITHOUT_AWS = pytest.mark.skipif(
    not HAS_AWS and os.environ.get("AMI_SHARE_NO_AWS") == "1",
    reason="AMI_SHARE_NO_AWS=1 says that this build is without the AWS backend",
)
ON_WORKERS = (
    "6 shards for two workers",
    "killed worker",
    "the shard of the killed worker ran 2 times",
    "222222222222/us-east-1: one copy, launches: True",
    "222222222222/eu-west-1: one copy, launches: True",
    "333333333333/us-east-1: one copy, launches: True",
    "333333333333/eu-west-1: one copy, launches: True",
    "complete: True",
)


@SKIPPED_WITHOUT_AWS
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is sent")
def test_distribute_in_processes() -> None:
    in_order(run(EXAMPLES / "distribute_on_ray.py", "--processes"), *ON_WORKERS)


@SKIPPED_WITHOUT_AWS
@pytest.mark.skipif(
    importlib.util.find_spec("ray") is None,
    reason="Ray is installed for one Python version only: see examples/requirements-ray.txt",
)
def test_distribute_on_ray() -> None:
    in_order(run(EXAMPLES / "distribute_on_ray.py"), *ON_WORKERS)


@pytest.mark.skipif(
    not HAS_AWS and os.environ.get("AMI_SHARE_NO_AWS") == "1",
    reason="AMI_SHARE_NO_AWS=1 says that this build is without the AWS backend",
)
def test_share_on_aws(request: pytest.FixtureRequest) -> None:
    assert HAS_AWS, "this build is without the AWS backend; if that is meant, AMI_SHARE_NO_AWS=1"
    url: str = request.getfixturevalue("endpoint")
    image = register(url)
    command: list[str | Path] = [
        EXAMPLES / "share_on_aws.py",
        *("--region", "us-east-1", "--image", image, "--principal", RECIPIENT),
        *("--endpoint-url", url),
    ]
    in_order(run(*command, "--plan-only"), image, "Plan: 1 to add")
    assert launch_permissions(url, image) == []
    in_order(run(*command), "finished: 1 of 1")
    assert launch_permissions(url, image) == [{"UserId": RECIPIENT}]
    in_order(run(*command), "Nothing to do")
    run(*command, "--revoke")
    assert launch_permissions(url, image) == []


def test_share_on_aws_tells_what_is_wrong() -> None:
    command: list[str | Path] = [EXAMPLES / "share_on_aws.py"]
    command += ["--region", "us-east-1", "--image", "ami-1"]
    in_order(run(*command, "--principal", RECIPIENT, status=1), "`ami-1` is not an image id")
