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

from ._internal import Event, Plan, Report, ShareRequest, Verification
from .sharer import Sharer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from typing import Any, TypeVar

    from ._internal import SharedImage, SharingKey
    from .events import ApplyEvents, AsyncApplyEvents
    from .types import OnChange

    _V = TypeVar("_V", Event, Plan, Report, Verification)

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
    def request(self) -> ShareRequest:
        """The request that it was called with, or that its plan was made for."""
        if "plan" in self.arguments:
            plan: Plan = self.arguments["plan"]
            return plan.request
        request: ShareRequest = self.arguments["request"]
        return request

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
    already is as asked for: plans and reports are empty, everything is as desired, nothing is
    shared with the caller.
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
        return _empty_plan(request) if found is None else found

    def apply(self, plan: Plan, *, on_change: OnChange = "refuse") -> Report:
        found: Report | None = self._answer("apply", plan=plan, on_change=on_change)
        return _empty_report(plan.request) if found is None else found

    def share(self, request: ShareRequest) -> Report:
        found: Report | None = self._answer("share", request=request)
        return _empty_report(request) if found is None else found

    def revoke(self, request: ShareRequest) -> Report:
        found: Report | None = self._answer("revoke", request=request)
        return _empty_report(request.to_revoke()) if found is None else found

    def verify(self, request: ShareRequest) -> Verification:
        found: Verification | None = self._answer("verify", request=request)
        return _as_desired(request) if found is None else found

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
        return _as_desired(request)

    def create_key_for_sharing(self, key: SharingKey) -> str:
        found: str | None = self._answer("create_key_for_sharing", key=key)
        return _arn_of(key) if found is None else found

    def shared_with_me(self, region: str) -> Iterator[SharedImage]:
        found = self._answer("shared_with_me", region=region)
        return iter(()) if found is None else iter(found)

    def give_up(self, region: str, image: str) -> str | None:
        found: str | None = self._answer("give_up", region=region, image=image)
        return found

    def apply_events(self, plan: Plan, *, on_change: OnChange = "refuse") -> ApplyEvents:
        from .events import ApplyEvents

        return ApplyEvents(_MockRun(self, plan, on_change))

    async def plan_async(self, request: ShareRequest) -> Plan:
        return self.plan(request)

    async def apply_async(self, plan: Plan, *, on_change: OnChange = "refuse") -> Report:
        return self.apply(plan, on_change=on_change)

    def apply_events_async(self, plan: Plan, *, on_change: OnChange = "refuse") -> AsyncApplyEvents:
        from .events import AsyncApplyEvents

        return AsyncApplyEvents(_MockRun(self, plan, on_change))

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

    async def shared_with_me_async(self, region: str) -> AsyncIterator[SharedImage]:
        for image in self.shared_with_me(region):
            yield image

    async def give_up_async(self, region: str, image: str) -> str | None:
        return self.give_up(region, image)

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


class _MockRun:
    """An apply of a mock: it begins, and it ends."""

    def __init__(self, sharer: MockSharer, plan: Plan, on_change: OnChange) -> None:
        self._report: Report | None = None
        self._error: Exception | None = None
        try:
            self._report = sharer.apply(plan, on_change=on_change)
        except Exception as error:
            self._error = error
        self._events = iter(self._make_events(len(plan.steps)))

    def next(self) -> Event | None:
        return next(self._events, None)

    async def next_async(self) -> Event | None:
        return self.next()

    @property
    def report(self) -> Report:
        if self._report is None:
            raise self._error or RuntimeError("the apply has not ended")
        return self._report

    def _make_events(self, steps: int) -> Iterator[Event]:
        yield _value(Event, event="started", steps=steps)
        if self._report is not None:
            report = self._report
            done = sum(step.is_done for step in report.steps)
            yield _value(Event, event="finished", done=done, steps=len(report.steps))


def _value(value_class: type[_V], **fields: Any) -> _V:
    import json

    return value_class.from_json(json.dumps(fields))


def _arn_of(key: SharingKey) -> str:
    return f"arn:aws:kms:{key.region}:{key.owner}:key/00000000-0000-0000-0000-000000000000"


def _empty_plan(request: ShareRequest) -> Plan:
    return _value(
        Plan,
        version="ami-share/plan/1",
        request=request.to_dict(),
        steps=[],
        notices=[],
        seen={"regions": {}},
    )


def _empty_report(request: ShareRequest) -> Report:
    return _value(
        Report, version="ami-share/report/1", request=request.to_dict(), steps=[], notices=[]
    )


def _as_desired(request: ShareRequest) -> Verification:
    launch = "no" if request.direction == "revoke" else "yes"
    finding = {"answer": launch, "reason": "the mock says so"}
    principals = [
        {"principal": principal, "launch": finding, "as_desired": "yes"}
        for principal in request.principals
    ]
    images = [
        {"region": region, "image": image, "state": "available", "principals": principals}
        for region, ids in request.images.items()
        for image in ids
    ]
    return _value(
        Verification,
        version="ami-share/verification/1",
        request=request.to_dict(),
        images=images,
        cannot_undo=[],
    )
