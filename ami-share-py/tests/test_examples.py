"""The Python examples at the top of the repository, run as their readers run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ami_share import key_policy_for_sharing
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
        timeout=60,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == status, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def in_order(output: str, *texts: str) -> None:
    place = 0
    for text in texts:
        place = output.find(text, place)
        assert place >= 0, f"{text!r} is missing or out of order in:\n{output}"


def test_every_example_is_looked_at_and_short() -> None:
    names = {path.name for path in EXAMPLES.glob("*.py")}
    assert names == {
        "embed_in_service.py",
        "encrypted_image.py",
        "golden_image_pipeline.py",
        "quickstart.py",
        "share_on_aws.py",
        "who_may_use_this_key.py",
    }
    assert all(len((EXAMPLES / name).read_text().splitlines()) < 120 for name in names)


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
