"""Encrypted images: their keys are opened, judged and closed with the image."""

from __future__ import annotations

import asyncio
import json
import pickle
from typing import Any

import pytest

from ami_share import (
    AwsApiError,
    ConfigurationError,
    IncompleteError,
    InvalidRequestError,
    KeyPolicy,
    KeyWithoutAliasError,
    PrincipalCheck,
    RefusedError,
    Report,
    Sharer,
    ShareRequest,
    SharingKey,
    SimulatedSharer,
    SimulatedWorld,
    Verification,
    WorldChangedError,
)
from conftest import OWNER, RECIPIENT, REGION, STRANGER, Stage
from policy_support import decide


class Awaited:
    """The plain verbs of a sharer, by their awaited twins."""

    def __init__(self, sharer: Sharer) -> None:
        self._sharer = sharer

    def __getattr__(self, verb: str) -> Any:
        twin = getattr(self._sharer, f"{verb}_async")
        return lambda *arguments: asyncio.run(twin(*arguments))


@pytest.fixture
def key(stage: Stage) -> str:
    """A key of the owner; the stage's image is another one now, with two snapshots under it."""
    arn = stage.world.create_key(REGION, OWNER)
    stage.image = stage.world.register_image(REGION, OWNER, "golden", encrypted_with=[arn, arn])
    return arn


@pytest.fixture(params=["plain", "awaited"])
def sharer(request: pytest.FixtureRequest, stage: Stage) -> Any:
    return stage.sharer if request.param == "plain" else Awaited(stage.sharer)


def layers(check: PrincipalCheck) -> dict[str, str]:
    return {layer.layer: layer.answer for layer in check.layers}


def operations(report: Report) -> list[str]:
    return [step.step.operation for step in report.steps]


def check_of(verification: Verification) -> PrincipalCheck:
    [image] = verification.images
    [check] = image.principals
    return check


def key_policy(stage: Stage, key: str) -> KeyPolicy:
    policy = stage.world.key_policy(key)
    assert policy is not None
    return policy


def test_share_verify_explain_and_revoke(stage: Stage, sharer: Any, key: str) -> None:
    before = key_policy(stage, key)
    request = stage.request()
    report = sharer.share(request)
    assert report.is_complete
    assert operations(report) == ["PutKeyPolicy", "ModifyImageAttribute"]
    assert stage.can_launch() and not stage.can_launch(STRANGER)
    assert key_policy(stage, key).shared_with() == [RECIPIENT]

    check = check_of(sharer.verify(request))
    assert check.as_desired == "yes"
    assert layers(check) == {
        "image_state": "yes",
        "launch_permission": "yes",
        "key_state": "yes",
        "key_policy": "yes",
        # The request leaves snapshots as they are, so that they are not read.
        "snapshot_permission": "unknown",
    }
    stranger = check_of(sharer.explain(REGION, stage.image, (STRANGER,)))
    assert stranger.launch.answer == "no"
    [closed] = [layer for layer in stranger.layers if layer.layer == "key_policy"]
    assert (closed.of, closed.answer) == (key, "no")
    assert key in closed.reason and closed.mend and str(closed).startswith("key policy of arn:")

    assert sharer.share(request).is_empty
    report = sharer.revoke(request)
    assert operations(report) == ["ModifyImageAttribute", "PutKeyPolicy"]
    assert not stage.can_launch()
    assert sharer.verify(request.to_revoke()).as_desired == "yes"
    assert key_policy(stage, key) == before


def test_the_plan_shows_what_the_key_policy_becomes(stage: Stage, key: str) -> None:
    plan = stage.sharer.plan(stage.request())
    policy, launch = plan.steps
    assert (policy.operation, policy.key, policy.resources) == ("PutKeyPolicy", key, [key])
    assert (policy.added, policy.removed) == ([RECIPIENT], [])
    assert policy.image is None and policy.risk == "gives_access"
    assert policy.diff is not None and '+     "Sid": "AmiShareAccountsUse",' in policy.diff
    assert policy.grant_name is None and policy.grant_operations == []
    assert (launch.key, launch.diff) == (None, None)
    assert policy.diff.splitlines()[-1] in str(plan)
    assert key in str(policy) and key in repr(policy)
    assert stage.writes() == []
    copy = pickle.loads(pickle.dumps(plan))
    assert copy == plan and copy.steps[0] == policy
    assert stage.sharer.apply(copy).is_complete and stage.can_launch()


def test_reading_back_verifies_without_a_further_call(stage: Stage, key: str) -> None:
    report = stage.sharer.share(stage.request())
    calls = len(stage.world.calls())
    assert calls <= 10
    verification = report.verification()
    assert verification is not None and verification.as_desired == "yes"
    assert verification == stage.sharer.verify(stage.request())
    copy: Report = pickle.loads(pickle.dumps(report))
    assert copy == report and copy.verification() is None


def test_grants_open_a_key_and_go_again(stage: Stage, key: str) -> None:
    foreign = stage.world.create_grant(key, f"arn:aws:iam::{STRANGER}:root", ["Decrypt"])
    before = key_policy(stage, key)
    request = stage.request(key_access="grant")
    [step, _] = stage.sharer.plan(request).steps
    assert (step.operation, step.added) == ("CreateGrant", [f"arn:aws:iam::{RECIPIENT}:root"])
    assert step.grant_name is not None and step.grant_name.startswith("ami-share/")
    assert "CreateGrant" in step.grant_operations and step.diff is None

    assert stage.sharer.share(request).is_complete
    assert stage.can_launch() and key_policy(stage, key) == before
    [others, ours] = stage.world.grants(key)
    assert others["GrantId"] == foreign and "Name" not in others
    assert (ours["Name"], ours["GranteePrincipal"]) == (step.grant_name, step.added[0])
    assert sorted(ours["Operations"]) == step.grant_operations
    # They have the form that an evaluation takes.
    assert decide(before, f"arn:aws:iam::{RECIPIENT}:root", key=key, grants=[ours])
    assert layers(check_of(stage.sharer.verify(request)))["grants"] == "yes"

    [_, step] = stage.sharer.plan(request.to_revoke()).steps
    assert (step.operation, step.removed) == ("RevokeGrant", [f"arn:aws:iam::{RECIPIENT}:root"])
    stage.sharer.revoke(request)
    assert not stage.can_launch()
    assert [grant["GrantId"] for grant in stage.world.grants(key)] == [foreign]


def test_a_key_is_left_as_it_is_on_request(stage: Stage, key: str) -> None:
    request = stage.request().with_key_access("leave")
    assert request == stage.request(key_access="leave")
    plan = stage.sharer.plan(request)
    assert [step.operation for step in plan.steps] == ["ModifyImageAttribute"]
    assert ("key_left", key) in [(notice.kind, notice.key) for notice in plan.notices]
    stage.sharer.apply(plan)
    assert stage.sharer.verify(request).as_desired == "no"
    assert not stage.can_launch()


def test_a_key_opens_for_named_roles_only(stage: Stage, key: str) -> None:
    run = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["ec2:*", "kms:*"], "Resource": "*"}]}  # fmt: skip
    builder = stage.world.create_role(RECIPIENT, "Builder")
    other = stage.world.create_role(RECIPIENT, "Other", trust_policy={
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"Service": "ec2.amazonaws.com"}}]})  # fmt: skip
    stage.world.put_role_policy(builder, "run", run)
    stage.world.put_role_policy(other, "run", json.dumps(run))
    stage.sharer.share(stage.request(key_principals=[builder]))
    assert stage.world.can_launch_as(REGION, builder, stage.image)
    assert not stage.world.can_launch_as(REGION, other, stage.image)
    assert not stage.world.can_copy_as(REGION, builder, stage.image)
    assert key_policy(stage, key).shared_with() == [builder]


def test_units_are_found_or_told(stage: Stage, key: str) -> None:
    organization = stage.world.create_organization(OWNER)
    unit = stage.world.create_organizational_unit(organization)
    stage.world.create_account(unit, RECIPIENT)
    stage.sharer.share(stage.request(organizational_units=[unit]))
    assert stage.can_launch()
    [path] = key_policy(stage, key).shared_with()
    stage.sharer.revoke(stage.request(organizational_units=[unit]))

    stage.world.deny(OWNER, "DescribeOrganizationalUnit")
    stage.world.deny(OWNER, "ListParents")
    with pytest.raises(RefusedError) as caught:
        stage.sharer.plan(stage.request(organizational_units=[unit]))
    [refusal] = caught.value.refusals
    assert refusal.kind == "unit_path_unknown" and "`unit_paths`" in refusal.mend
    told = stage.request(organizational_units=[unit], unit_paths=[path])
    assert told.unit_paths == [path]
    stage.sharer.share(told)
    assert stage.can_launch() and not stage.can_launch(STRANGER)


def test_an_image_under_the_aws_managed_key_is_refused(stage: Stage, sharer: Any) -> None:
    stage.image = stage.world.register_image(REGION, OWNER, encrypted_by_aws=1)
    for verb in (sharer.plan, sharer.share):
        with pytest.raises(RefusedError) as caught:
            verb(stage.request())
        [refusal] = caught.value.refusals
        assert refusal.kind == "key_aws_managed"
        assert refusal.key == stage.world.aws_ebs_key(REGION, OWNER)
        assert (refusal.image, refusal.images) == (None, [stage.image])
        assert "CopyImage" in refusal.mend
    assert stage.writes() == []


def test_a_key_that_is_not_enabled_is_refused(stage: Stage, key: str) -> None:
    stage.world.set_key_state(key, "Disabled")
    with pytest.raises(RefusedError) as caught:
        stage.sharer.plan(stage.request())
    assert [(r.kind, r.key) for r in caught.value.refusals] == [("key_not_enabled", key)]
    with pytest.raises(InvalidRequestError) as wrong:
        stage.world.set_key_state(key, "Off")  # type: ignore[arg-type]
    assert wrong.value.problems[0].field == "state"


def test_a_key_that_changed_since_the_plan_is_told(stage: Stage, key: str) -> None:
    plan = stage.sharer.plan(stage.request())
    patched = key_policy(stage, key).patched(accounts=[STRANGER])
    stage.world.put_key_policy(key, patched.policy)
    with pytest.raises(WorldChangedError) as caught:
        stage.sharer.apply(plan)
    assert [(change.kind, change.key) for change in caught.value.changes] == [("key", key)]


@pytest.mark.parametrize(
    ("cleanup", "closes"), [("by-reference", False), ("always", True), ("never", False)]
)
def test_a_revoke_closes_a_key_as_it_is_told(
    stage: Stage, key: str, cleanup: str, closes: bool
) -> None:
    other = stage.world.register_image(REGION, OWNER, "other", encrypted_with=[key])
    stage.sharer.share(ShareRequest(region=REGION, images=[other], accounts=[RECIPIENT]))
    request = stage.request(key_cleanup=cleanup)
    stage.sharer.share(request)
    report = stage.sharer.revoke(request)
    assert stage.world.can_launch(REGION, RECIPIENT, other).allowed is not closes
    if cleanup == "by-reference":
        [needed] = [notice for notice in report.notices if notice.kind == "key_still_needed"]
        assert needed.key == key and other in str(needed)


def test_a_key_is_made_for_sharing(stage: Stage, sharer: Any) -> None:
    wanted = SharingKey(
        region=REGION,
        owner=OWNER,
        alias="alias/golden",
        accounts=[RECIPIENT],
        description="golden images",
        tags={"team": "images"},
    )
    key = sharer.create_key_for_sharing(wanted)
    assert stage.world.keys() == [key] and stage.world.key_state(key) == "Enabled"
    assert key_policy(stage, key).shared_with() == [RECIPIENT]
    stage.image = stage.world.register_image(REGION, OWNER, encrypted_with=[key])
    report = sharer.share(stage.request())
    assert operations(report) == ["ModifyImageAttribute"]
    assert stage.can_launch()

    with pytest.raises(KeyWithoutAliasError) as caught:
        sharer.create_key_for_sharing(wanted)
    error = caught.value
    assert error.alias == "alias/golden" and error.key in stage.world.keys()
    assert error.error is not None and error.error.code == "AlreadyExistsException"
    assert error.error.operation == "CreateAlias"


def test_a_role_with_the_callers_policy_can_apply_the_plan_and_with_less_cannot(
    stage: Stage, key: str
) -> None:
    plan = stage.sharer.plan(stage.request())
    policy = json.loads(plan.caller_iam_policy())
    role = stage.world.create_role(OWNER, "Sharer")
    as_role = SimulatedSharer(stage.world, role)
    assert as_role.account == role and repr(as_role) == f"SimulatedSharer(account='{role}')"
    actions = [action for part in policy["Statement"] for action in part["Action"]]
    assert {"kms:GetKeyPolicy", "kms:PutKeyPolicy", "ec2:ModifyImageAttribute"} <= set(actions)
    for left_out in actions:
        less = json.loads(json.dumps(policy))
        for part in less["Statement"]:
            part["Action"] = [action for action in part["Action"] if action != left_out]
        less["Statement"] = [part for part in less["Statement"] if part["Action"]]
        stage.world.put_role_policy(role, "share", less)
        with pytest.raises((AwsApiError, IncompleteError, RefusedError)):
            as_role.share(stage.request())
        # What it did is undone, so that the next one starts from nothing.
        stage.sharer.revoke(stage.request())
    stage.world.put_role_policy(role, "share", policy)
    assert as_role.apply(as_role.plan(stage.request())).is_complete
    assert stage.can_launch()
    with pytest.raises(InvalidRequestError) as caught:
        SimulatedSharer(stage.world, "arn:aws:iam::1:role/Sharer")
    assert caught.value.problems[0].field == "account"


def test_explain_checks_its_principals(stage: Stage, sharer: Any) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        sharer.explain(REGION, stage.image, ["1", RECIPIENT])
    assert [problem.field for problem in caught.value.problems] == ["principals"]
    with pytest.raises(TypeError, match="not one `str`"):
        sharer.explain(REGION, stage.image, RECIPIENT)
    with pytest.raises(InvalidRequestError):
        sharer.explain(REGION, stage.image, [])
    public = check_of(sharer.explain(REGION, stage.image, ["all"]))
    assert public.launch.answer == "no"


def test_what_is_not_seen_in_time_is_unconfirmed(stage: Stage, key: str) -> None:
    stage.world.set_faults({"staleness": {"milliseconds": 3_600_000}})
    impatient = SimulatedSharer(stage.world, OWNER, key_consistency_timeout=0.0)
    with pytest.raises(IncompleteError) as caught:
        impatient.share(stage.request())
    assert caught.value.report.steps[0].outcome == "unconfirmed"
    stage.world.advance(3_600)
    assert check_of(impatient.verify(stage.request())).layers
    stage.world.set_faults({})
    assert stage.sharer.share(stage.request()).is_complete
    with pytest.raises(ConfigurationError, match="`key_consistency_timeout` is -1: "):
        SimulatedSharer(stage.world, OWNER, key_consistency_timeout=-1)


def test_a_key_policy_is_looked_at_again_after_the_settle_time(stage: Stage, key: str) -> None:
    at_once = SimulatedSharer(stage.world, OWNER, key_settle_time=0.0)
    assert at_once.share(stage.request()).is_complete
    with pytest.raises(ConfigurationError, match="`key_settle_time` is -1: "):
        SimulatedSharer(stage.world, OWNER, key_settle_time=-1)


def test_a_multi_region_key_has_a_policy_in_each_region() -> None:
    world = SimulatedWorld()
    primary = world.create_key(REGION, OWNER, multi_region=True)
    replica = world.replicate_key(primary, "eu-central-1")
    images = {
        REGION: [world.register_image(REGION, OWNER, encrypted_with=[primary])],
        "eu-central-1": [world.register_image("eu-central-1", OWNER, encrypted_with=[replica])],
    }
    report = SimulatedSharer(world, OWNER).share(ShareRequest(images=images, accounts=[RECIPIENT]))
    put = [step.step.key for step in report.steps if step.step.operation == "PutKeyPolicy"]
    assert sorted(filter(None, put)) == sorted([primary, replica])
    for region, [image] in images.items():
        assert world.can_launch(region, RECIPIENT, image)
