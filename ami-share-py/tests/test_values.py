"""What holds for every value: repr, equality, hash, pickle, frozen, JSON."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import ami_share
from ami_share import (
    CopyIncompleteError,
    CopyRefusedError,
    IncompleteError,
    RefusedError,
    SimulatedSharer,
    WorldChangedError,
)
from conftest import OWNER, RECIPIENT, REGION, STRANGER, Stage, make_stage
from copy_support import CopyStage
from policy_support import decide, policy, statement
from test_distribution import Distributing


def every_value(stage: Stage) -> dict[str, Any]:
    request = stage.request(snapshots="for-copy", tags={"purpose": "it's golden"})
    plan = stage.sharer.plan(request)
    applying = stage.sharer.apply_events(plan)
    events = list(applying)
    verification = stage.sharer.verify(request)
    with pytest.raises(RefusedError) as refused:
        stage.sharer.plan(stage.request(accounts=[OWNER]))
    stale = stage.sharer.plan(stage.request(accounts=[STRANGER]))
    stage.sharer.share(stage.request(accounts=[STRANGER]))
    with pytest.raises(WorldChangedError) as changed:
        stage.sharer.apply(stale)
    image = verification.images[0]
    shared = next(SimulatedSharer(stage.world, RECIPIENT).shared_with_me(REGION))
    problem = '{"field": "images", "message": "it\'s wrong"}'
    key_policy = policy(statement(Sid="it's open"))
    patched = key_policy.patched(accounts=[RECIPIENT])
    decision = decide(patched.policy, RECIPIENT)
    values = [
        key_policy.statements[0],
        key_policy.lint()[0],
        patched,
        patched.diff,
        decision,
        decision.reasons[0],
        request,
        plan,
        plan.steps[0],
        plan.notices[0],
        applying.report,
        applying.report.steps[0],
        verification,
        image,
        image.principals[0],
        image.principals[0].launch,
        events[1],
        shared,
        refused.value.refusals[0],
        changed.value.changes[0],
        ami_share.Problem.from_json(problem),
        ami_share.SharingKey(region=REGION, owner=OWNER, alias="alias/golden", tags={"it's": "'"}),
        image.principals[0].layers[0],
        stage.world.can_launch(REGION, RECIPIENT, stage.image),
        stage.world.calls()[0],
        *copy_values(),
        *recipient_values(),
        *distribution_values(),
    ]
    return {type(value).__name__: value for value in values}


def copy_values() -> list[Any]:
    """One of each class that copies and rehearsals have, with failures."""
    stage = CopyStage(RECIPIENT)
    with pytest.raises(CopyRefusedError) as refused:
        stage.sharer.plan_copies(stage.request(key=None))
    request = stage.request(accounts=[], own_account=True, description="it's a copy")
    plan = stage.sharer.plan_copies(request)
    stage.world.set_faults({"copies": {"failing": [1], "reason": "it's broken"}})
    with pytest.raises(CopyIncompleteError) as incomplete:
        stage.sharer.apply_copies(plan)
    report = incomplete.value.report
    [failed] = [copy for copy in report.copies if copy.failure]
    setting = {"operation": "ModifyImageAttribute", "description": "it's a copy"}
    difference = {"field": "BootMode", "wanted": "uefi", "actual": "it's legacy"}
    rehearsal = stage.sharer.rehearse(
        ami_share.RehearsalRequest(region=REGION, images=[stage.image], accounts=[RECIPIENT])
    )
    return [
        stage.roles(),
        request,
        plan,
        plan.copies[0],
        ami_share.CopySetting.from_json(json.dumps(setting)),
        ami_share.SettingReport.from_json(json.dumps({"setting": setting})),
        ami_share.CopyDifference.from_json(json.dumps(difference)),
        report,
        failed,
        failed.failure,
        refused.value.refusals[0],
        ami_share.RehearsalRequest(region=REGION, images=[stage.image], accounts=[RECIPIENT]),
        rehearsal,
        rehearsal.images[0],
        rehearsal.images[0].calls[0],
    ]


def recipient_values() -> list[Any]:
    stage = CopyStage(RECIPIENT)
    images: dict[str, Any] = {"region": REGION, "images": [stage.image]}
    share = ami_share.ShareRequest(**images, accounts=[RECIPIENT])
    stage.sharer.share(share)
    parameter = ami_share.ParameterRequest("/golden", images={REGION: stage.image}, after=share)
    put = stage.sharer.put_image_parameters(parameter)
    roles = ami_share.ServiceLinkedRoleRequest(
        **images,
        accounts=[RECIPIENT],
        service_roles=["AWSServiceRoleForAutoScaling"],
        diagnose=True,
    )
    granted = stage.sharer.grant_service_linked_roles(roles)
    tags = ami_share.RecipientTagRequest(**images, tags={"it's": "golden"})
    tagged = stage.sharer.tag_for_recipients(tags)
    stage.world.run_instance(REGION, RECIPIENT, stage.image)
    usage = ami_share.UsageRequest(**images)
    used = stage.sharer.usage(usage)
    [hurt] = used.hurt_by(share.to_revoke())
    return [
        *(parameter, put, put.parameters[0]),
        *(roles, granted, granted.grants[0]),
        *(tags, tagged, tagged.tags[0]),
        *(usage, used, used.images[0], hurt.usage[0], hurt),
    ]


def distribution_values() -> list[Any]:
    stage = Distributing(RECIPIENT)
    distribution = stage.distribution(tags={"image": {"it's": "golden"}})
    with pytest.raises(ami_share.DistributionError) as wrong:
        ami_share.Distribution.from_yaml("it's: golden")
    plan = stage.sharer.plan_distribution(distribution)
    stage.world.set_faults({"copies": {"failing": [1], "reason": "it's broken"}})
    with pytest.raises(ami_share.DistributionIncompleteError) as incomplete:
        stage.sharer.apply_distribution(plan)
    report = incomplete.value.report
    [failed] = [shard for shard in report.shards if shard.copy and not shard.is_complete]
    verification = stage.sharer.verify_distribution(distribution)
    template = {"builders": [{"type": "amazon-ebs", "ami_name": "it's", "ami_groups": ["all"]}]}
    imported = ami_share.Distribution.from_packer(json.dumps(template))
    return [
        *(distribution, wrong.value.problems[0], imported, imported.not_taken[0]),
        *(plan, plan.shards[0], failed, report, report.manifest(), report.manifest().rows[0]),
        *(verification, verification.copies[0]),
    ]


NAMES = [name for name in ami_share.__all__ if hasattr(getattr(ami_share, name), "from_json")]


def test_every_class_with_a_json_form_is_looked_at(values: dict[str, Any]) -> None:
    assert sorted(values) == sorted(NAMES)


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    return every_value(make_stage())


@pytest.mark.parametrize("name", NAMES)
def test_values(name: str, values: dict[str, Any]) -> None:
    value = values[name]
    twins: list[Callable[[Any], Any]] = [
        lambda value: pickle.loads(pickle.dumps(value)),
        lambda value: pickle.loads(pickle.dumps(value, protocol=2)),
        lambda value: type(value).from_json(value.to_json()),
        copy.copy,
        copy.deepcopy,
    ]
    for twin in twins:
        other = twin(value)
        assert type(other) is type(value)
        assert other == value
        assert not other != value
        assert hash(other) == hash(value)
    assert value != object() and value != None  # noqa: E711
    assert type(value).__module__ == "ami_share"
    assert name in repr(value) and len(repr(value)) < 400
    assert "0x" not in repr(value)
    assert json.loads(value.to_json()) == value.to_dict()
    with pytest.raises(AttributeError):
        value.anything = 1
    with pytest.raises(AttributeError):
        setattr(value, "to_json", None)
    with pytest.raises(TypeError):
        value < value


@pytest.mark.parametrize("name", ["Plan", "Report", "Verification"])
def test_notebooks_show_html(name: str, stage: Stage) -> None:
    value = every_value(stage)[name]
    assert value._repr_html_().lstrip().startswith("<")
    assert stage.image in value._repr_html_()
    assert stage.image in str(value) and not str(value).endswith("\n")


def test_all_html_and_text_tell_of_an_image_or_of_none(values: dict[str, Any]) -> None:
    shown = {name for name, value in values.items() if hasattr(value, "_repr_html_")}
    assert len(shown) >= 14
    for name in shown - {"Decision", "KeyPolicy", "PolicyDiff"}:
        html, text = values[name]._repr_html_(), str(values[name])
        assert html.lstrip().startswith("<"), name
        assert "<script" not in html and not text.endswith("\n") and text != repr(values[name]), (
            name
        )


def test_different_values_differ(stage: Stage) -> None:
    one = stage.sharer.plan(stage.request())
    other = stage.sharer.plan(stage.request(accounts=[STRANGER]))
    assert one != other and len({one, other, one}) == 2


def test_a_report_of_a_failure_is_a_value_too(stage: Stage) -> None:
    stage.world.deny(OWNER, "ModifyImageAttribute")
    with pytest.raises(IncompleteError) as caught:
        stage.sharer.share(stage.request())
    report = caught.value.report
    assert pickle.loads(pickle.dumps(report)) == report
    assert "UnauthorizedOperation" in str(report.steps[0])


def test_sharers_and_worlds_say_what_they_are(stage: Stage) -> None:
    assert repr(stage.sharer) == f"SimulatedSharer(account='{OWNER}')"
    assert repr(stage.world) == "<SimulatedWorld: 0 calls>"
    for unpicklable in (stage.sharer, stage.world):
        with pytest.raises(TypeError):
            pickle.dumps(unpicklable)
