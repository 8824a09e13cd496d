"""Distributions: files, plans, shards, reports; the simulator judges."""

from __future__ import annotations

import asyncio
import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ami_share import (
    Cancel,
    Distribution,
    DistributionError,
    DistributionIncompleteError,
    DistributionPlan,
    DistributionReport,
    ImageNotResolvedError,
    ParameterReport,
    RecipientTagReport,
    Shard,
    ShareRequest,
    SimulatedSharer,
    WorldChangedError,
)
from conftest import OWNER, RECIPIENT, REGION, STRANGER
from copy_support import ALIAS, EXTERNAL_ID, REGIONS, TEMPLATE, CopyStage

EXAMPLES = Path(__file__).parents[2] / "examples" / "distributions"
GOOD = """\
version: ami-share/distribution/1
image: {region: us-east-1, newest: {name: "golden-*"}}
recipients: {accounts: ["444455556666"]}
"""


class Distributing(CopyStage):
    """The same stage, and a sharer without roles: those are in the distribution."""

    def __init__(self, *recipients: str, minutes: float = 0) -> None:
        super().__init__(*recipients, minutes=minutes)
        self.sharer = SimulatedSharer(self.world, OWNER)

    def distribution(self, **fields: Any) -> Distribution:
        return Distribution.from_dict(
            {
                "version": "ami-share/distribution/1",
                "image": {"region": REGION, "id": self.image},
                "regions": list(REGIONS),
                "recipients": {"accounts": self.recipients},
                "recipients_get": "copy",
                "roles": {"template": TEMPLATE, "external_id": EXTERNAL_ID},
                "keys": {"default": ALIAS},
                "copies": {"source_access": "close"},
                **fields,
            }
        )

    def all_have_copies_of_their_own(self, report: DistributionReport) -> bool:
        """Whether all can launch theirs when the owner's keys are gone."""
        for key in self.world.keys():
            if f":{OWNER}:" in key:
                self.world.set_key_state(key, "PendingDeletion")
        rows = [row for row in report.manifest().rows if row.account != OWNER]
        places = {(row.account, row.region) for row in rows}
        return places == {
            (account, region) for account in self.recipients for region in REGIONS
        } and all(
            row.image is not None and self.world.can_launch(row.region, row.account, row.image)
            for row in rows
        )


@pytest.fixture
def stage() -> Iterator[Distributing]:
    yield Distributing()


def test_a_distribution_is_planned_applied_and_verified(stage: Distributing) -> None:
    distribution = stage.distribution(distributed_tags=True)
    assert distribution.recipients == stage.recipients and distribution.recipients_get == "copy"
    assert (distribution.image_region, distribution.copy_regions) == (REGION, ["eu-west-1"])
    assert distribution.role_of(RECIPIENT) == TEMPLATE.format(account=RECIPIENT)
    plan = stage.sharer.plan_distribution(distribution)
    assert plan.distribution == distribution and not plan.is_empty
    assert (plan.caller, plan.image, plan.accounts) == (OWNER, stage.image, stage.recipients)
    assert plan.owner_copies is not None and len(plan.owner_copies.copies) == 1
    assert list(plan.shares) == [REGION] == list(plan.recipient_copies)
    assert plan.services == {}
    source = plan.owner_copies.source
    assert source["image"]["id"] == stage.image and source["boot"]
    assert [setting.operation for setting in plan.settings[REGION]]
    assert [shard.stage for shard in plan.shards] == ["owner"] * 2 + ["recipient"] * 4
    report = stage.sharer.apply_distribution(plan)
    assert report.is_complete and report.failed == []
    assert stage.sharer.verify_distribution(distribution).is_ok
    stage.world.clear_calls()
    again = stage.sharer.plan_distribution(distribution)
    assert again.is_empty
    again_report = stage.sharer.apply_distribution(again)
    assert [shard.writes for shard in again_report.shards if shard.shard.stage == "recipient"] == [
        0
    ] * 4
    assert stage.all_have_copies_of_their_own(report)
    # What was opened for the copies is closed again.
    assert stage.world.launch_permissions(REGION, stage.image) == []


def test_a_manifest_has_a_row_for_each_image(stage: Distributing) -> None:
    plan = stage.sharer.plan_distribution(stage.distribution())
    manifest = stage.sharer.apply_distribution(plan).manifest()
    assert len(manifest.rows) == 6 and {row.state for row in manifest.rows} == {"complete"}
    written = json.loads(manifest.to_json())["rows"]
    assert json.loads(str(manifest))["rows"] == written
    for row, fields in zip(manifest.rows, written):
        assert (row.account, row.region, row.image) == (
            fields["account"],
            fields["region"],
            fields["image"],
        )
        assert row.started <= row.ended and row.problems == []
        assert row.account == OWNER or (row.snapshots and row.key and row.request_ids)


def test_shards_run_anywhere_and_their_reports_merge(stage: Distributing) -> None:
    plan = stage.sharer.plan_distribution(stage.distribution())
    reports = []
    for shard in plan.shards:
        moved = pickle.loads(pickle.dumps(Shard.from_json(shard.to_json())))
        assert moved == shard and moved.distribution == plan.distribution
        assert str(moved) == f"{shard.stage} {shard.account}/{shard.region}"
        # A worker has a sharer of its own, and nothing but the shard.
        worker = SimulatedSharer(stage.world, OWNER)
        reports.append(worker.run_shard(moved))
    finishing = plan.finishing(report for report in reports)
    assert [shard.stage for shard in finishing] == ["finish"] * 2
    assert all(shard.close == stage.recipients for shard in finishing)
    reports += [stage.sharer.run_shard(shard) for shard in finishing]
    merged = DistributionReport.merge(reversed(reports))
    assert merged.is_complete and len(merged.shards) == 8
    assert DistributionReport.merge([*reports, *reports]) == merged
    assert stage.all_have_copies_of_their_own(merged)


def test_a_shard_that_runs_twice_copies_once(stage: Distributing) -> None:
    plan = stage.sharer.plan_distribution(stage.distribution())
    for shard in plan.shards * 2:
        assert stage.sharer.run_shard(shard).is_complete
    assert stage.called("CopyImage") == 5


def test_a_retry_runs_what_failed(stage: Distributing) -> None:
    stage.world.set_faults({"copies": {"failing": [2], "reason": "broken"}})
    plan = stage.sharer.plan_distribution(stage.distribution())
    with pytest.raises(DistributionIncompleteError) as caught:
        stage.sharer.apply_distribution(plan)
    report = caught.value.report
    [failed] = report.failed
    assert failed.stage == "recipient"
    [told] = [shard for shard in report.shards if not shard.is_complete]
    assert told.copy is not None and told.copy.failure is not None
    assert told.copy.failure.mend in told.all_problems[0]
    assert told.problems == told.to_dict().get("problems", []) != told.all_problems
    [row] = [row for row in report.manifest().rows if row.state == "incomplete"]
    assert row.image is None
    stage.world.clear_calls()
    retried = stage.sharer.retry_distribution(plan, report)
    assert retried.is_complete
    copied = {call.account for call in stage.world.calls() if call.operation == "CopyImage"}
    assert copied == {failed.account}
    assert stage.all_have_copies_of_their_own(retried)


def test_shares_are_given_and_taken_back(stage: Distributing) -> None:
    distribution = stage.distribution(recipients_get="share", copies={}, distributed_tags=True)
    plan = stage.sharer.plan_distribution(distribution)
    report = stage.sharer.apply_distribution(plan)
    images = [(row.region, row.image) for row in report.manifest().rows]
    assert len(images) == 2
    for region, image in images:
        assert image is not None
        assert stage.world.launch_permissions(region, image) == stage.recipients
    verification = stage.sharer.verify_distribution(distribution)
    assert verification.is_ok and verification.missing == []
    assert [region for region, _ in verification.shares] == ["eu-west-1", REGION]
    [copy] = verification.copies
    assert (copy.account, copy.region, copy.is_ok) == (OWNER, "eu-west-1", True)
    assert copy.image in dict(images).values() and copy.missing == []
    assert stage.sharer.destroy_shares(distribution).is_complete
    for region, image in images:
        assert image is not None and stage.world.launch_permissions(region, image) == []
    assert not stage.sharer.verify_distribution(distribution).is_ok


def test_recipients_are_looked_after(stage: Distributing) -> None:
    distribution = stage.distribution(
        recipients_get="share",
        copies={},
        regions=[REGION],
        parameters={"owner": ["/golden/web"], "recipients": ["/golden/web"]},
        tags={"recipients": {"origin": "golden"}},
        rehearse=True,
    )
    plan = stage.sharer.plan_distribution(distribution)
    assert plan.parameters == {REGION: ["/golden/web"]}
    assert {shard.name for shard in plan.shards} == {"golden"}
    try:
        report = stage.sharer.apply_distribution(plan)
    except DistributionIncompleteError as error:
        # A grant cannot always be rehearsed; that is no problem of what was written.
        report = error.report
    [owner, *recipients] = report.shards
    [put] = owner.written
    assert isinstance(put, ParameterReport) and put.is_complete
    for recipient in recipients:
        kinds = {type(written) for written in recipient.written}
        assert kinds == {ParameterReport, RecipientTagReport}
        assert recipient.rehearsal is not None and "recipient" in str(recipient)
    verification = stage.sharer.verify_distribution(distribution)
    assert verification.rehearsal is not None and verification.answer in ("yes", "unknown")
    assert verification.is_ok == (verification.answer == "yes")


def test_a_plan_of_another_world_is_refused_unless_it_may_be_made_again(
    stage: Distributing,
) -> None:
    distribution = stage.distribution(recipients_get="share", copies={})
    plan = DistributionPlan.from_json(stage.sharer.plan_distribution(distribution).to_json())
    other = ShareRequest(region=REGION, images=[stage.image], accounts=["123412341234"])
    stage.sharer.share(other)
    with pytest.raises(WorldChangedError):
        stage.sharer.apply_distribution(plan)
    assert stage.sharer.apply_distribution(plan, on_change="plan-again").is_complete


def test_events_tell_of_all_copies() -> None:
    stage = Distributing(RECIPIENT, minutes=0.02)
    plan = stage.sharer.plan_distribution(stage.distribution())
    with stage.sharer.apply_distribution_events(plan) as distributing:
        events = list(distributing)
    assert distributing.report.is_complete
    finished = {(e.account, e.region) for e in events if e.kind == "copy_finished"}
    assert finished == {(OWNER, "eu-west-1"), (RECIPIENT, REGION), (RECIPIENT, "eu-west-1")}


def test_events_tell_of_a_shard_and_of_a_retry() -> None:
    stage = Distributing(RECIPIENT)
    stage.world.set_faults({"copies": {"failing": [1], "reason": "broken"}})
    plan = stage.sharer.plan_distribution(stage.distribution())
    owner = next(shard for shard in plan.shards if shard.region == "eu-west-1")
    with stage.sharer.run_shard_events(owner) as running:
        events = [event for event in running if event.kind == "copy_finished"]
    assert not running.report.is_complete and running.report.shard == owner
    assert [(event.account, event.region) for event in events] == [(OWNER, "eu-west-1")]
    failed = DistributionReport.merge([running.report])
    with stage.sharer.retry_distribution_events(plan, failed) as retrying:
        finished = {(e.account, e.region) for e in retrying if e.kind == "copy_finished"}
    assert retrying.report.is_complete
    assert finished == {(OWNER, "eu-west-1"), (RECIPIENT, REGION), (RECIPIENT, "eu-west-1")}

    async def again() -> None:
        async with stage.sharer.run_shard_events_async(owner) as running:
            assert [event async for event in running]
        assert running.report.is_complete and running.report.copy is not None
        assert running.report.copy.outcome == "found"
        async with stage.sharer.retry_distribution_events_async(plan, failed) as retrying:
            assert [event async for event in retrying]
        assert retrying.report.is_complete

    asyncio.run(again())


def test_a_distribution_says_what_its_file_says() -> None:
    fields: dict[str, Any] = {
        "version": "ami-share/distribution/1",
        "image": {"region": REGION, "newest": {"name": "golden-*"}},
        "recipients": {"accounts": [RECIPIENT]},
        "keys": {"default": ALIAS, "owner": {"regions": {REGION: "alias/own"}}},
        "tags": {"shared": {"stage": "tested"}},
        "parameters": {"owner": ["/golden/{name}"]},
        "predecessors": {"name": "golden-*", "keep_last": 3},
        "protection": {"deregistration": {"cooldown": True}, "deprecate_after_days": 90},
    }
    distribution = Distribution.from_dict(fields)
    for name in ("image", "keys", "tags", "parameters", "protection"):
        assert getattr(distribution, name) == fields[name] == distribution.to_dict()[name]
    assert distribution.predecessors == {**fields["predecessors"], "deprecate": True}
    plain = Distribution.from_yaml(GOOD)
    assert plain.predecessors is None
    assert plain.keys == plain.tags == plain.parameters == plain.protection == {}


def test_a_cancel_leaves_nothing_half_made() -> None:
    stage = Distributing(RECIPIENT, minutes=60)
    plan = stage.sharer.plan_distribution(stage.distribution())
    cancel = Cancel()
    distributing = stage.sharer.apply_distribution_events(plan, cancel=cancel)
    for event in distributing:
        if event.kind == "copy_started":
            cancel.cancel()
            break
    with pytest.raises(DistributionIncompleteError) as caught:
        list(distributing)
    assert len(caught.value.report.failed) >= 1
    assert stage.called("DeregisterImage") == stage.called("CopyImage") == 1


def test_the_awaited_twins_and_a_cancelled_task() -> None:
    stage = Distributing(RECIPIENT)
    distribution = stage.distribution()

    async def main() -> None:
        plan = await stage.sharer.plan_distribution_async(distribution)
        report = await stage.sharer.run_shard_async(plan.shards[0])
        assert report.is_complete
        report_of_all = await stage.sharer.apply_distribution_async(plan, on_change="plan-again")
        assert report_of_all.is_complete
        retried = await stage.sharer.retry_distribution_async(plan, report_of_all)
        assert retried.is_complete
        assert (await stage.sharer.verify_distribution_async(distribution)).is_ok
        async with stage.sharer.apply_distribution_events_async(
            plan, on_change="plan-again"
        ) as distributing:
            assert [event.kind async for event in distributing]
        assert distributing.report.is_complete
        assert (await stage.sharer.destroy_shares_async(distribution)).is_complete

    asyncio.run(main())
    slow = Distributing(RECIPIENT, minutes=60)

    async def cancelled() -> None:
        plan = await slow.sharer.plan_distribution_async(slow.distribution())
        running = asyncio.ensure_future(slow.sharer.run_shard_async(plan.shards[0]))
        while not slow.called("CopyImage"):
            await asyncio.sleep(0.01)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert slow.called("DeregisterImage") == 1

    asyncio.run(cancelled())


def test_an_image_that_is_not_there_is_told_with_its_region(stage: Distributing) -> None:
    newest = {"region": "eu-west-1", "newest": {"name": "nothing-*"}}
    with pytest.raises(ImageNotResolvedError) as caught:
        stage.sharer.plan_distribution(stage.distribution(image=newest))
    assert caught.value.region == "eu-west-1" and caught.value.because in str(caught.value)


@pytest.mark.parametrize("name", ["golden-image.yaml", "copy.json", "share.toml"])
def test_files_of_every_format_are_read(name: str) -> None:
    distribution = Distribution.load(EXAMPLES / name)
    assert Distribution.load(str(EXAMPLES / name)) == distribution
    assert Distribution.from_json(distribution.to_json()) == distribution
    assert Distribution.from_dict(distribution.to_dict()) == distribution
    assert pickle.loads(pickle.dumps(distribution)) == distribution
    assert distribution.recipients and distribution.regions


def test_texts_of_every_format_are_read() -> None:
    distribution = Distribution.from_yaml(GOOD)
    toml = """
version = "ami-share/distribution/1"
image = {region = "us-east-1", newest = {name = "golden-*"}}
recipients = {accounts = ["444455556666"]}
"""
    assert Distribution.from_toml(toml) == distribution
    assert Distribution.from_json(json.dumps(distribution.to_dict())) == distribution
    assert hash(Distribution.from_toml(toml)) == hash(distribution)


def test_a_bad_file_is_told_with_file_line_field_and_the_nearest_key(tmp_path: Path) -> None:
    file = tmp_path / "golden.yaml"
    file.write_text(GOOD.replace("accounts", "acounts") + "regions: [us-east]\n")
    with pytest.raises(DistributionError) as caught:
        Distribution.load(file)
    error = caught.value
    assert error.file == str(file) and isinstance(error, ValueError)
    by_field = {problem.field: problem for problem in error.problems}
    misspelt = by_field["recipients.acounts"]
    assert (misspelt.line, misspelt.nearest) == (3, "accounts")
    assert "`accounts`" in (misspelt.expected or "") and misspelt.problem in str(misspelt)
    assert by_field["regions[0]"].line == 4
    assert f"{file}:3: " in str(error) and "\n" not in str(error)
    copied = pickle.loads(pickle.dumps(error))
    assert (copied.file, copied.problems) == (error.file, error.problems)


@pytest.mark.parametrize(
    "read", [Distribution.from_yaml, Distribution.from_json, Distribution.from_toml]
)
def test_a_text_that_is_none_is_told(read: Any) -> None:
    with pytest.raises(DistributionError) as caught:
        read("{")
    assert caught.value.file is None and caught.value.problems


def test_other_ways_to_give_none(tmp_path: Path) -> None:
    with pytest.raises(DistributionError, match="the image is missing|`image` is missing"):
        Distribution.from_dict({"version": "ami-share/distribution/1"})
    with pytest.raises(DistributionError, match="extension"):
        Distribution.load(tmp_path / "golden.txt")
    with pytest.raises(DistributionError, match="cannot be read"):
        Distribution.load(tmp_path / "golden.yaml")
    with pytest.raises(TypeError):
        DistributionReport.merge([1])  # type: ignore[list-item]


def test_what_packer_and_image_builder_say_is_taken_over() -> None:
    template = """
source "amazon-ebs" "golden" {
  ami_name   = "golden-{{timestamp}}"
  region     = "us-east-1"
  ami_users  = ["444455556666"]
  ami_groups = ["all"]
}
build { sources = ["source.amazon-ebs.golden"] }
"""
    imported = Distribution.from_packer(template)
    assert imported.build().recipients == [RECIPIENT]
    [not_taken] = [field for field in imported.not_taken if "ami_groups" in field.field]
    assert not_taken.why in str(not_taken)
    configuration = {
        "distributions": [
            {
                "region": REGION,
                "amiDistributionConfiguration": {
                    "name": "golden {{ imagebuilder:buildDate }}",
                    "launchPermission": {"userIds": [RECIPIENT]},
                },
            }
        ]
    }
    imported = Distribution.from_image_builder(
        json.dumps({"distributionConfiguration": configuration})
    )
    assert imported.draft["recipients"] == {"accounts": [RECIPIENT]}
    draft = {**imported.draft, "image": {"region": REGION, "id": "ami-12345678"}}
    assert Distribution.from_dict(draft).recipients == [RECIPIENT]
    for read in (Distribution.from_packer, Distribution.from_image_builder):
        with pytest.raises(DistributionError):
            read("{}")


def test_promise_9_an_external_id_is_not_shown(stage: Distributing) -> None:
    marker = EXTERNAL_ID
    plan = stage.sharer.plan_distribution(stage.distribution())
    shown = [plan.distribution, plan, *plan.shards, stage.sharer]
    assert not any(marker in repr(value) or marker in str(value) for value in shown)
    without = stage.distribution(roles={"template": TEMPLATE, "external_id": f"{marker}-wrong"})
    with pytest.raises(Exception) as caught:
        stage.sharer.plan_distribution(without)
    assert marker not in repr(caught.value) + repr(vars(caught.value))


def test_an_account_of_the_stage_is_a_stranger_to_others() -> None:
    stage = Distributing(RECIPIENT)
    stage.sharer.apply_distribution(stage.sharer.plan_distribution(stage.distribution()))
    assert not stage.world.can_launch(REGION, STRANGER, stage.image)
