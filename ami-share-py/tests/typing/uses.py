"""What mypy has to accept, with the types that it has to find; never run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

from typing_extensions import assert_type

from ami_share import (
    AwsApiError,
    AwsSharer,
    Cancel,
    CopyPlan,
    CopyReport,
    CopyRequest,
    Decision,
    DecisionReason,
    Distribution,
    DistributionReport,
    Event,
    Hurt,
    IncompleteError,
    InvalidPolicyError,
    InvalidRequestError,
    KeyPolicy,
    KeyWithoutAliasError,
    LayerFinding,
    LintFinding,
    ManifestRow,
    MockSharer,
    PatchedPolicy,
    PatchRefusedError,
    Plan,
    PolicyDiff,
    PolicyStatement,
    Problem,
    Rehearsal,
    RehearsalRequest,
    Report,
    Roles,
    Shard,
    ShardReport,
    SharedImage,
    Sharer,
    ShareRequest,
    SharingKey,
    SimulatedSharer,
    SimulatedWorld,
    UsageRequest,
    Verification,
    caller_iam_policy,
    key_policy_for_sharing,
    recipient_iam_policy,
)
from ami_share.types import AccessLayer, CopyOutcome, KeyAccess, KeyCleanup, Verdict


def sharers() -> list[Sharer]:
    world = SimulatedWorld()
    return [
        SimulatedSharer(world, "111122223333", concurrency=4),
        MockSharer(),
        AwsSharer(),
        AwsSharer(profile="golden", endpoint_url="http://localhost:5000"),
        AwsSharer(access_key_id="a", secret_access_key="b", session_token=None),
    ]


def requests() -> list[ShareRequest]:
    return [
        ShareRequest(region="us-east-1", images=["ami-12345678"], accounts=("111122223333",)),
        ShareRequest(images={"us-east-1": {"ami-12345678"}}, public=True, public_consent="given"),
        ShareRequest(images={}, direction="exactly", removal_limit="20%"),
        ShareRequest(images={}, direction="give"),  # type: ignore[arg-type]
        ShareRequest(),  # type: ignore[call-arg]
    ]


def verbs(sharer: Sharer, request: ShareRequest) -> None:
    plan = sharer.plan(request)
    assert_type(plan, Plan)
    assert_type(Plan.from_json(plan.to_json()), Plan)
    assert_type(sharer.apply(plan, on_change="plan-again"), Report)
    sharer.apply(plan, on_change="again")  # type: ignore[arg-type]
    assert_type(sharer.share(request), Report)
    assert_type(sharer.revoke(request), Report)
    assert_type(sharer.verify(request), Verification)
    assert_type(sharer.shared_with_me("us-east-1"), Iterator[SharedImage])
    assert_type(sharer.give_up("us-east-1", "ami-12345678"), "str | None")
    applying = sharer.apply_events(plan)
    for event in applying:
        assert_type(event, Event)
    assert_type(applying.report, Report)
    plan.steps[0].region = "us-east-1"  # type: ignore[misc]


async def twins(sharer: Sharer, request: ShareRequest) -> None:
    plan = await sharer.plan_async(request)
    assert_type(plan, Plan)
    assert_type(await sharer.apply_async(plan), Report)
    assert_type(await sharer.share_async(request), Report)
    assert_type(await sharer.revoke_async(request), Report)
    assert_type(await sharer.verify_async(request), Verification)
    assert_type(sharer.shared_with_me_async("us-east-1"), AsyncIterator[SharedImage])
    applying = sharer.apply_events_async(plan)
    async for event in applying:
        assert_type(event, Event)
    assert_type(applying.report, Report)


async def keys(sharer: Sharer, request: ShareRequest, world: SimulatedWorld) -> None:
    key = SharingKey(
        region="us-east-1", owner="111122223333", alias="alias/golden", accounts=["444455556666"]
    )
    assert_type(sharer.create_key_for_sharing(key), str)
    assert_type(await sharer.create_key_for_sharing_async(key), str)
    explained = sharer.explain("us-east-1", "ami-12345678", {"444455556666"})
    assert_type(explained, Verification)
    assert_type(await sharer.explain_async("us-east-1", "ami-12345678", ["all"]), Verification)
    finding = explained.images[0].principals[0].layers[0]
    assert_type(finding, LayerFinding)
    layer: AccessLayer = finding.layer
    access: KeyAccess = request.key_access
    cleanup: KeyCleanup = request.key_cleanup
    ShareRequest(images={}, key_access=access, key_cleanup=cleanup, key_principals=("arn:…",))
    ShareRequest(images={}, key_access="policy")  # type: ignore[arg-type]
    request.with_key_access(layer)  # type: ignore[arg-type]
    assert_type(sharer.plan(request).caller_iam_policy(), str)
    assert_type(sharer.share(request).verification(), "Verification | None")
    assert_type(world.key_policy("arn:…"), "KeyPolicy | None")
    world.set_key_state("arn:…", "Off")  # type: ignore[arg-type]


def copies(sharer: Sharer, request: CopyRequest) -> None:
    plan = sharer.plan_copies(request)
    assert_type(plan, CopyPlan)
    cancel = Cancel()
    assert_type(sharer.apply_copies(plan, on_change="do-not-look", cancel=cancel), CopyReport)
    assert_type(sharer.copy(request).copies[0].image, "str | None")
    with sharer.apply_copies_events(plan) as copying:
        for event in copying:
            assert_type(event.percent, "int | None")
    assert_type(copying.report, CopyReport)
    CopyRequest(source_region="r", source_image="i", on_failure="clean_up")  # type: ignore[arg-type]
    outcome: CopyOutcome = copying.report.copies[0].outcome
    assert outcome
    rehearsal = sharer.rehearse(RehearsalRequest(images=["i"], accounts=["a"]))
    assert_type(rehearsal, Rehearsal)
    SimulatedSharer(SimulatedWorld(), "111122223333", roles=Roles("arn:…", duration=timedelta(1)))


async def awaited_copies(sharer: Sharer, request: CopyRequest) -> None:
    assert_type(await sharer.copy_async(request), CopyReport)
    async with sharer.apply_copies_events_async(await sharer.plan_copies_async(request)) as copying:
        async for event in copying:
            assert_type(event, Event)


def distributions(sharer: Sharer) -> None:
    distribution = Distribution.load("golden.yaml")
    assert_type(distribution, Distribution)
    assert_type(Distribution.from_json("{}"), Distribution)
    assert_type(Distribution.from_packer("").build(), Distribution)
    plan = sharer.plan_distribution(distribution)
    reports = [sharer.run_shard(Shard.from_json(shard.to_json())) for shard in plan.shards]
    assert_type(reports, list[ShardReport])
    assert_type(DistributionReport.merge(iter(reports)).manifest().rows, list[ManifestRow])
    assert_type(plan.report(iter(reports)), DistributionReport)
    assert_type(sharer.apply_distribution(plan, on_change="plan-again"), DistributionReport)
    with sharer.apply_distribution_events(plan) as distributing:
        for event in distributing:
            assert_type(event, Event)
    assert_type(distributing.report, DistributionReport)
    usage = sharer.usage(UsageRequest(images={"us-east-1": ["i"]}))
    assert_type(usage.hurt_by(ShareRequest(images={})), list[Hurt])


def errors(sharer: Sharer, request: ShareRequest) -> None:
    try:
        sharer.share(request)
    except InvalidRequestError as error:
        assert_type(error.problems, list[Problem])
    except IncompleteError as error:
        assert_type(error.report, Report)
        assert_type(error.report.steps[0].error, "AwsApiError | None")
    except KeyWithoutAliasError as error:
        assert_type(error.error, "AwsApiError | None")
    except AwsApiError as error:
        assert_type(error.code, "str | None")


def policies(text: str) -> None:
    policy = KeyPolicy.parse(text)
    assert_type(policy, KeyPolicy)
    assert_type(policy.statements, list[PolicyStatement])
    patched = policy.patched(
        accounts=("111122223333",), service_roles=["AWSServiceRoleForAutoScaling"]
    )
    assert_type(patched, PatchedPolicy)
    assert_type(patched.diff, PolicyDiff)
    policy.patched(service_roles=["AWSServiceRoleForNobody"])  # type: ignore[list-item]
    assert_type(policy.lint(trusted_accounts=["111122223333"]), list[LintFinding])
    decision = policy.evaluate(
        principal="111122223333",
        action="kms:Decrypt",
        key="arn:…",
        context={"aws:PrincipalOrgPaths": ["o-…"], "aws:SecureTransport": True, "aws:x": None},
        identity_policies=["{}", {"Statement": []}],
        boundary="none",
        service_control_policies=[["{}"]],
        grants=[{"GranteePrincipal": "arn:…", "Operations": ["Decrypt"]}],
        key_state="Enabled",
    )
    assert_type(decision, Decision)
    verdict: Verdict = decision.verdict
    assert_type(decision.reasons, list[DecisionReason])
    policy.evaluate(verdict, "kms:Decrypt", "arn:…")  # type: ignore[call-arg]
    assert_type(key_policy_for_sharing("111122223333", organizations=["arn:…"]), KeyPolicy)
    assert_type(recipient_iam_policy(keys=["arn:…"]), str)
    assert_type(caller_iam_policy([("ec2:DescribeImages", "*")]), str)


def policy_errors(policy: KeyPolicy) -> None:
    try:
        policy.without_ours()
    except InvalidPolicyError as error:
        assert_type(error.line, "int | None")
    except PatchRefusedError as error:
        assert_type(error.mend, str)
