"""A sharer for the unit tests of code that shares images.

from ami_share import MockSharer, RefusedError, ShareRequest

def test_release_shares_with_every_account():
    sharer = MockSharer()
    release("ami-0123456789abcdef0", sharer=sharer)
    [call] = sharer.calls
    assert call.verb == "share"
    assert call.request.accounts == ["111122223333"]

def test_release_reports_a_refusal():
    sharer = MockSharer(share=RefusedError("the image is encrypted"))
    with pytest.raises(ReleaseFailed):
        release("ami-0123456789abcdef0", sharer=sharer)
"""

from __future__ import annotations

from . import mock_values
from ._internal import ShareRequest
from .sharer import Sharer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from typing import Any

    from ._internal import (
        Cancel,
        CopyPlan,
        CopyReport,
        CopyRequest,
        Distribution,
        DistributionPlan,
        DistributionReport,
        DistributionVerification,
        ImageUsageReport,
        ParameterReport,
        ParameterRequest,
        Plan,
        RecipientTagReport,
        RecipientTagRequest,
        Rehearsal,
        RehearsalRequest,
        Report,
        ServiceLinkedRoleReport,
        ServiceLinkedRoleRequest,
        Shard,
        ShardReport,
        SharedImage,
        SharingKey,
        UsageRequest,
        Verification,
    )
    from .events import (
        ApplyEvents,
        AsyncApplyEvents,
        AsyncCopyEvents,
        AsyncDistributionEvents,
        AsyncShardEvents,
        CopyEvents,
        DistributionEvents,
        ShardEvents,
    )
    from .types import OnChange

__all__ = ["MockCall", "MockSharer"]


class MockCall:
    """One call of a verb; the twins ``..._async`` are recorded under the plain verb."""

    __slots__ = ("arguments", "verb")

    verb: str
    """Such as ``share``."""
    arguments: dict[str, Any]
    """What it was called with, by the names of the parameters."""

    def __init__(self, verb: str, **arguments: Any) -> None:
        self.verb = verb
        self.arguments = arguments

    @property
    def request(self) -> Any:
        """The request or distribution that it was called with, or that its plan or shard is of.

        Raises ``AttributeError`` for verbs that are asked otherwise, such as ``explain``.
        """
        for holder in ("plan", "shard"):
            if holder in self.arguments:
                held = self.arguments[holder]
                return held.distribution if hasattr(held, "distribution") else held.request
        for name in ("request", "distribution"):
            if name in self.arguments:
                return self.arguments[name]
        raise AttributeError(f"`{self.verb}` is not called with a request: look at `arguments`")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MockCall):
            return NotImplemented
        return (self.verb, self.arguments) == (other.verb, other.arguments)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"MockCall({self.verb!r}, {arguments})"


class MockSharer(Sharer):
    """Calls nothing, records every call, and answers as it was told.

    An answer is the value that the verb returns (for ``shared_with_me`` a list of images), an
    exception that it raises, or a callable that is given the verb's arguments and whose result,
    or exception, is the answer. A verb without an answer does what it would in a world that
    already is as asked for: plans and reports are empty, everything is as desired, all copies are
    found, every shard is done, nobody uses an image, nothing is shared with the caller.
    """

    calls: list[MockCall]
    """The calls until now, in order."""

    def __init__(
        self,
        *,
        plan: Any = None,
        apply: Any = None,
        share: Any = None,
        revoke: Any = None,
        verify: Any = None,
        explain: Any = None,
        create_key_for_sharing: Any = None,
        plan_copies: Any = None,
        apply_copies: Any = None,
        copy: Any = None,
        rehearse: Any = None,
        grant_service_linked_roles: Any = None,
        put_image_parameters: Any = None,
        tag_for_recipients: Any = None,
        usage: Any = None,
        plan_distribution: Any = None,
        apply_distribution: Any = None,
        run_shard: Any = None,
        retry_distribution: Any = None,
        verify_distribution: Any = None,
        destroy_shares: Any = None,
        shared_with_me: Any = None,
        give_up: Any = None,
    ) -> None:
        self.calls = []
        self._answers: dict[str, Any] = {
            "plan": plan,
            "apply": apply,
            "share": share,
            "revoke": revoke,
            "verify": verify,
            "explain": explain,
            "create_key_for_sharing": create_key_for_sharing,
            "plan_copies": plan_copies,
            "apply_copies": apply_copies,
            "copy": copy,
            "rehearse": rehearse,
            "grant_service_linked_roles": grant_service_linked_roles,
            "put_image_parameters": put_image_parameters,
            "tag_for_recipients": tag_for_recipients,
            "usage": usage,
            "plan_distribution": plan_distribution,
            "apply_distribution": apply_distribution,
            "run_shard": run_shard,
            "retry_distribution": retry_distribution,
            "verify_distribution": verify_distribution,
            "destroy_shares": destroy_shares,
            "shared_with_me": shared_with_me,
            "give_up": give_up,
        }

    def answer(self, verb: str, answer: Any) -> None:
        """Set what a verb answers from now on; ``None`` for what it does by itself."""
        if verb not in self._answers:
            raise ValueError(f"`{verb}` is no verb: give one of {', '.join(self._answers)}")
        self._answers[verb] = answer

    def calls_of(self, verb: str) -> list[MockCall]:
        """The calls of one verb."""
        return [call for call in self.calls if call.verb == verb]

    def __repr__(self) -> str:
        return f"<MockSharer: {len(self.calls)} calls>"

    def plan(self, request: ShareRequest) -> Plan:
        found: Plan | None = self._answer("plan", request=request)
        return mock_values.empty_plan(request) if found is None else found

    def apply(self, plan: Plan, *, on_change: OnChange = "refuse") -> Report:
        found: Report | None = self._answer("apply", plan=plan, on_change=on_change)
        return mock_values.empty_report(plan.request) if found is None else found

    def share(self, request: ShareRequest) -> Report:
        found: Report | None = self._answer("share", request=request)
        return mock_values.empty_report(request) if found is None else found

    def revoke(self, request: ShareRequest) -> Report:
        found: Report | None = self._answer("revoke", request=request)
        return mock_values.empty_report(request.to_revoke()) if found is None else found

    def verify(self, request: ShareRequest) -> Verification:
        found: Verification | None = self._answer("verify", request=request)
        return mock_values.as_desired(request) if found is None else found

    def explain(self, region: str, image: str, principals: Iterable[str]) -> Verification:
        principals = list(principals)
        found: Verification | None = self._answer(
            "explain", region=region, image=image, principals=principals
        )
        if found is not None:
            return found
        request = ShareRequest(
            region=region, images=[image], principals=principals, public_consent="given"
        )
        return mock_values.as_desired(request)

    def create_key_for_sharing(self, key: SharingKey) -> str:
        found: str | None = self._answer("create_key_for_sharing", key=key)
        return mock_values.arn_of(key) if found is None else found

    def plan_copies(self, request: CopyRequest) -> CopyPlan:
        found: CopyPlan | None = self._answer("plan_copies", request=request)
        return mock_values.found_copies(request) if found is None else found

    def apply_copies(
        self, plan: CopyPlan, *, on_change: OnChange = "refuse", cancel: Cancel | None = None
    ) -> CopyReport:
        found: CopyReport | None = self._answer(
            "apply_copies", plan=plan, on_change=on_change, cancel=cancel
        )
        return mock_values.report_of_found(plan.request) if found is None else found

    def copy(self, request: CopyRequest, *, cancel: Cancel | None = None) -> CopyReport:
        found: CopyReport | None = self._answer("copy", request=request, cancel=cancel)
        return mock_values.report_of_found(request) if found is None else found

    def rehearse(self, request: RehearsalRequest) -> Rehearsal:
        found: Rehearsal | None = self._answer("rehearse", request=request)
        return mock_values.passed(request) if found is None else found

    def grant_service_linked_roles(
        self, request: ServiceLinkedRoleRequest
    ) -> ServiceLinkedRoleReport:
        found: ServiceLinkedRoleReport | None = self._answer(
            "grant_service_linked_roles", request=request
        )
        return mock_values.no_grants() if found is None else found

    def put_image_parameters(self, request: ParameterRequest) -> ParameterReport:
        found: ParameterReport | None = self._answer("put_image_parameters", request=request)
        return mock_values.held(request) if found is None else found

    def tag_for_recipients(self, request: RecipientTagRequest) -> RecipientTagReport:
        found: RecipientTagReport | None = self._answer("tag_for_recipients", request=request)
        return mock_values.tagged(request) if found is None else found

    def usage(self, request: UsageRequest) -> ImageUsageReport:
        found: ImageUsageReport | None = self._answer("usage", request=request)
        return mock_values.unused(request) if found is None else found

    def plan_distribution(self, distribution: Distribution) -> DistributionPlan:
        found: DistributionPlan | None = self._answer(
            "plan_distribution", distribution=distribution
        )
        return mock_values.no_shards(distribution) if found is None else found

    def apply_distribution(
        self,
        plan: DistributionPlan,
        *,
        on_change: OnChange = "refuse",
        cancel: Cancel | None = None,
    ) -> DistributionReport:
        found: DistributionReport | None = self._answer(
            "apply_distribution", plan=plan, on_change=on_change, cancel=cancel
        )
        return mock_values.report_of(plan.shards) if found is None else found

    def apply_distribution_events(
        self,
        plan: DistributionPlan,
        *,
        on_change: OnChange = "refuse",
        cancel: Cancel | None = None,
    ) -> DistributionEvents:
        from .events import DistributionEvents

        return DistributionEvents(
            self._run_shards(
                lambda: self.apply_distribution(plan, on_change=on_change, cancel=cancel)
            )
        )

    def run_shard(self, shard: Shard, *, cancel: Cancel | None = None) -> ShardReport:
        found: ShardReport | None = self._answer("run_shard", shard=shard, cancel=cancel)
        return mock_values.done(shard) if found is None else found

    def run_shard_events(self, shard: Shard, *, cancel: Cancel | None = None) -> ShardEvents:
        from .events import ShardEvents

        return ShardEvents(self._run_shards(lambda: self.run_shard(shard, cancel=cancel)))

    def retry_distribution(
        self, plan: DistributionPlan, report: DistributionReport, *, cancel: Cancel | None = None
    ) -> DistributionReport:
        found: DistributionReport | None = self._answer(
            "retry_distribution", plan=plan, report=report, cancel=cancel
        )
        return mock_values.report_of(plan.shards) if found is None else found

    def retry_distribution_events(
        self, plan: DistributionPlan, report: DistributionReport, *, cancel: Cancel | None = None
    ) -> DistributionEvents:
        from .events import DistributionEvents

        return DistributionEvents(
            self._run_shards(lambda: self.retry_distribution(plan, report, cancel=cancel))
        )

    def verify_distribution(self, distribution: Distribution) -> DistributionVerification:
        found: DistributionVerification | None = self._answer(
            "verify_distribution", distribution=distribution
        )
        return mock_values.as_distributed() if found is None else found

    def destroy_shares(self, distribution: Distribution) -> DistributionReport:
        found: DistributionReport | None = self._answer("destroy_shares", distribution=distribution)
        return mock_values.report_of([]) if found is None else found

    def shared_with_me(self, region: str) -> Iterator[SharedImage]:
        found = self._answer("shared_with_me", region=region)
        return iter(()) if found is None else iter(found)

    def give_up(self, region: str, image: str) -> str | None:
        found: str | None = self._answer("give_up", region=region, image=image)
        return found

    def apply_events(self, plan: Plan, *, on_change: OnChange = "refuse") -> ApplyEvents:
        from .events import ApplyEvents

        return ApplyEvents(self._run(plan, on_change))

    def apply_copies_events(
        self, plan: CopyPlan, *, on_change: OnChange = "refuse", cancel: Cancel | None = None
    ) -> CopyEvents:
        from .events import CopyEvents

        return CopyEvents(self._run_copies(plan, on_change, cancel))

    async def plan_async(self, request: ShareRequest) -> Plan:
        return self.plan(request)

    async def apply_async(self, plan: Plan, *, on_change: OnChange = "refuse") -> Report:
        return self.apply(plan, on_change=on_change)

    def apply_events_async(self, plan: Plan, *, on_change: OnChange = "refuse") -> AsyncApplyEvents:
        from .events import AsyncApplyEvents

        return AsyncApplyEvents(self._run(plan, on_change))

    def apply_copies_events_async(
        self, plan: CopyPlan, *, on_change: OnChange = "refuse", cancel: Cancel | None = None
    ) -> AsyncCopyEvents:
        from .events import AsyncCopyEvents

        return AsyncCopyEvents(self._run_copies(plan, on_change, cancel))

    async def share_async(self, request: ShareRequest) -> Report:
        return self.share(request)

    async def revoke_async(self, request: ShareRequest) -> Report:
        return self.revoke(request)

    async def verify_async(self, request: ShareRequest) -> Verification:
        return self.verify(request)

    async def explain_async(
        self, region: str, image: str, principals: Iterable[str]
    ) -> Verification:
        return self.explain(region, image, principals)

    async def create_key_for_sharing_async(self, key: SharingKey) -> str:
        return self.create_key_for_sharing(key)

    async def plan_copies_async(self, request: CopyRequest) -> CopyPlan:
        return self.plan_copies(request)

    async def apply_copies_async(
        self, plan: CopyPlan, *, on_change: OnChange = "refuse", cancel: Cancel | None = None
    ) -> CopyReport:
        return self.apply_copies(plan, on_change=on_change, cancel=cancel)

    async def copy_async(self, request: CopyRequest, *, cancel: Cancel | None = None) -> CopyReport:
        return self.copy(request, cancel=cancel)

    async def rehearse_async(self, request: RehearsalRequest) -> Rehearsal:
        return self.rehearse(request)

    async def grant_service_linked_roles_async(
        self, request: ServiceLinkedRoleRequest
    ) -> ServiceLinkedRoleReport:
        return self.grant_service_linked_roles(request)

    async def put_image_parameters_async(self, request: ParameterRequest) -> ParameterReport:
        return self.put_image_parameters(request)

    async def tag_for_recipients_async(self, request: RecipientTagRequest) -> RecipientTagReport:
        return self.tag_for_recipients(request)

    async def usage_async(self, request: UsageRequest) -> ImageUsageReport:
        return self.usage(request)

    async def plan_distribution_async(self, distribution: Distribution) -> DistributionPlan:
        return self.plan_distribution(distribution)

    async def apply_distribution_async(
        self,
        plan: DistributionPlan,
        *,
        on_change: OnChange = "refuse",
        cancel: Cancel | None = None,
    ) -> DistributionReport:
        return self.apply_distribution(plan, on_change=on_change, cancel=cancel)

    def apply_distribution_events_async(
        self,
        plan: DistributionPlan,
        *,
        on_change: OnChange = "refuse",
        cancel: Cancel | None = None,
    ) -> AsyncDistributionEvents:
        from .events import AsyncDistributionEvents

        return AsyncDistributionEvents(
            self._run_shards(
                lambda: self.apply_distribution(plan, on_change=on_change, cancel=cancel)
            )
        )

    async def run_shard_async(self, shard: Shard, *, cancel: Cancel | None = None) -> ShardReport:
        return self.run_shard(shard, cancel=cancel)

    def run_shard_events_async(
        self, shard: Shard, *, cancel: Cancel | None = None
    ) -> AsyncShardEvents:
        from .events import AsyncShardEvents

        return AsyncShardEvents(self._run_shards(lambda: self.run_shard(shard, cancel=cancel)))

    async def retry_distribution_async(
        self, plan: DistributionPlan, report: DistributionReport, *, cancel: Cancel | None = None
    ) -> DistributionReport:
        return self.retry_distribution(plan, report, cancel=cancel)

    def retry_distribution_events_async(
        self, plan: DistributionPlan, report: DistributionReport, *, cancel: Cancel | None = None
    ) -> AsyncDistributionEvents:
        from .events import AsyncDistributionEvents

        return AsyncDistributionEvents(
            self._run_shards(lambda: self.retry_distribution(plan, report, cancel=cancel))
        )

    async def verify_distribution_async(
        self, distribution: Distribution
    ) -> DistributionVerification:
        return self.verify_distribution(distribution)

    async def destroy_shares_async(self, distribution: Distribution) -> DistributionReport:
        return self.destroy_shares(distribution)

    async def shared_with_me_async(self, region: str) -> AsyncIterator[SharedImage]:
        for image in self.shared_with_me(region):
            yield image

    async def give_up_async(self, region: str, image: str) -> str | None:
        return self.give_up(region, image)

    def _run(self, plan: Plan, on_change: OnChange) -> mock_values.MockRun:
        return mock_values.MockRun(
            lambda: self.apply(plan, on_change=on_change),
            {"event": "started", "steps": len(plan.steps)},
            lambda report: {
                "event": "finished",
                "done": sum(step.is_done for step in report.steps),
                "steps": len(report.steps),
            },
        )

    def _run_copies(
        self, plan: CopyPlan, on_change: OnChange, cancel: Cancel | None
    ) -> mock_values.MockRun:
        return mock_values.MockRun(
            lambda: self.apply_copies(plan, on_change=on_change, cancel=cancel),
            {"event": "copies_started", "copies": len(plan.copies)},
            lambda report: {
                "event": "copies_finished",
                "done": sum(copy.is_complete for copy in report.copies),
                "copies": len(report.copies),
            },
        )

    @staticmethod
    def _run_shards(run: Callable[[], Any]) -> mock_values.MockRun:
        return mock_values.MockRun(
            run,
            {"event": "copies_started", "copies": 0},
            lambda report: {"event": "copies_finished", "done": 0, "copies": 0},
        )

    def _answer(self, verb: str, **arguments: Any) -> Any:
        self.calls.append(MockCall(verb, **arguments))
        answer = self._answers[verb]
        if isinstance(answer, type) and issubclass(answer, BaseException):
            raise answer(f"the mock was told to raise it from `{verb}`")
        if callable(answer):
            answer = answer(**arguments)
        if isinstance(answer, BaseException):
            raise answer
        return answer
