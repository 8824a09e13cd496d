"""What a ``MockSharer`` answers by itself; not for use outside the package."""

from __future__ import annotations

from ._internal import (
    CopyPlan,
    CopyReport,
    DistributionPlan,
    DistributionReport,
    DistributionVerification,
    Event,
    ImageUsageReport,
    ParameterReport,
    Plan,
    RecipientTagReport,
    Rehearsal,
    Report,
    ServiceLinkedRoleReport,
    ShardReport,
    Verification,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Protocol, TypeVar

    from typing_extensions import Self

    from ._internal import (
        CopyRequest,
        Distribution,
        ParameterRequest,
        RecipientTagRequest,
        RehearsalRequest,
        Shard,
        ShareRequest,
        SharingKey,
        UsageRequest,
    )

    class _Value(Protocol):
        @classmethod
        def from_json(cls, text: str) -> Self: ...

    _V = TypeVar("_V", bound=_Value)

__all__ = [
    "MockRun",
    "arn_of",
    "as_desired",
    "as_distributed",
    "done",
    "empty_plan",
    "empty_report",
    "found_copies",
    "held",
    "no_grants",
    "no_shards",
    "passed",
    "report_of",
    "report_of_found",
    "tagged",
    "unused",
]

#: The account that a mock calls as.
CALLER = "000000000000"
IMAGE = "ami-00000000000000000"
#: When a mock does what it does.
NOW = "2026-01-01T00:00:00Z"


class MockRun:
    """A run of a mock: it begins, and it ends."""

    def __init__(
        self,
        run: Callable[[], Any],
        first: dict[str, Any],
        last: Callable[[Any], dict[str, Any]],
    ) -> None:
        self._report: Any = None
        self._error: Exception | None = None
        try:
            self._report = run()
        except Exception as error:
            self._error = error
        self._events = iter(self._make_events(first, last))

    def next(self) -> Event | None:
        return next(self._events, None)

    async def next_async(self) -> Event | None:
        return self.next()

    async def wait_async(self) -> None:
        pass

    def leave(self) -> bool:
        return False

    def cancel(self) -> None:
        pass

    def close(self) -> None:
        pass

    @property
    def report(self) -> Any:
        if self._report is None:
            raise self._error or RuntimeError("the apply has not ended")
        return self._report

    def _make_events(
        self, first: dict[str, Any], last: Callable[[Any], dict[str, Any]]
    ) -> Iterator[Event]:
        yield value(Event, **first)
        if self._report is not None:
            yield value(Event, **last(self._report))


def value(value_class: type[_V], **fields: Any) -> _V:
    import json

    return value_class.from_json(json.dumps(fields))


def arn_of(key: SharingKey) -> str:
    return f"arn:aws:kms:{key.region}:{key.owner}:key/00000000-0000-0000-0000-000000000000"


def empty_plan(request: ShareRequest) -> Plan:
    return value(
        Plan,
        version="ami-share/plan/1",
        request=request.to_dict(),
        steps=[],
        notices=[],
        seen={"regions": {}},
    )


def empty_report(request: ShareRequest) -> Report:
    return value(
        Report, version="ami-share/report/1", request=request.to_dict(), steps=[], notices=[]
    )


def as_desired(request: ShareRequest) -> Verification:
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
    return value(
        Verification,
        version="ami-share/verification/1",
        request=request.to_dict(),
        images=images,
        cannot_undo=[],
    )


def found_copies(request: CopyRequest) -> CopyPlan:
    copies = [
        {
            "destination": _destination(account, region),
            "account": account or CALLER,
            "name": "image",
            "image_tags": request.image_tags,
            "snapshot_tags": request.snapshot_tags,
            "found": {"found": "available", "image": IMAGE},
        }
        for account, region in request.destinations
    ]
    source: dict[str, Any] = {
        "image": {
            "id": request.source_image,
            "owner": CALLER,
            "name": "image",
            "state": "available",
            "state_reason": None,
            "public": False,
            "root_device": "ebs",
            "snapshots": [],
            "product_codes": [],
            "tags": {},
        },
        "boot": {},
    }
    return value(
        CopyPlan,
        version="ami-share/copy-plan/1",
        request=request.to_dict(),
        caller=CALLER,
        source=source,
        copies=copies,
    )


def report_of_found(request: CopyRequest) -> CopyReport:
    copies = [
        {
            "destination": _destination(account, region),
            "account": account or CALLER,
            "image": IMAGE,
            "outcome": {"outcome": "found"},
        }
        for account, region in request.destinations
    ]
    return value(
        CopyReport, version="ami-share/copy-report/1", request=request.to_dict(), copies=copies
    )


def passed(request: RehearsalRequest) -> Rehearsal:
    finding = {"answer": "yes", "reason": "the mock says so"}
    images = [
        {
            "region": region,
            "image": image,
            "account": account,
            "launch": finding,
            **({"copy": finding} if request.copy else {}),
            "calls": [{"call": "run_instances", "of": image, **finding}],
        }
        for region, ids in request.images.items()
        for image in ids
        for account in request.accounts
    ]
    return value(Rehearsal, version="ami-share/rehearsal/1", images=images)


def no_grants() -> ServiceLinkedRoleReport:
    return value(ServiceLinkedRoleReport, version="ami-share/service-linked-roles/1", grants=[])


def held(request: ParameterRequest) -> ParameterReport:
    own = [CALLER] if request.own_account else []
    parameters = [
        {"region": region, "account": account, "image": image, "outcome": "as_asked"}
        for region, image in request.images.items()
        for account in (*own, *request.accounts)
    ]
    return value(
        ParameterReport, version="ami-share/parameters/1", name=request.name, parameters=parameters
    )


def tagged(request: RecipientTagRequest) -> RecipientTagReport:
    tags = [
        {"region": region, "account": account, "image": image, "written": {}, "outcome": "as_asked"}
        for region, images in request.images.items()
        for image in images
        for account in request.accounts or [CALLER]
    ]
    return value(RecipientTagReport, version="ami-share/recipient-tags/1", tags=tags)


def unused(request: UsageRequest) -> ImageUsageReport:
    images = [
        {
            "region": region,
            "image": image,
            "owner": CALLER,
            "asked": request.accounts,
            "usage": {"known": []},
        }
        for region, images in request.images.items()
        for image in images
    ]
    return value(ImageUsageReport, version="ami-share/usage/1", images=images)


def no_shards(distribution: Distribution) -> DistributionPlan:
    return value(
        DistributionPlan,
        version="ami-share/distribution-plan/1",
        distribution=distribution.to_dict(),
        caller=CALLER,
        image=IMAGE,
        accounts=[],
        shards=[],
        shares={},
        recipient_copies={},
    )


def done(shard: Shard) -> ShardReport:
    return value(
        ShardReport,
        version="ami-share/shard-report/1",
        shard=shard.to_dict(),
        image=shard.image,
        started=NOW,
        ended=NOW,
    )


def report_of(shards: Iterable[Shard]) -> DistributionReport:
    return DistributionReport.merge(done(shard) for shard in shards)


def as_distributed() -> DistributionVerification:
    return value(DistributionVerification, shares=[], copies=[], missing=[])


def _destination(account: str | None, region: str) -> dict[str, str]:
    return {"region": region} if account is None else {"account": account, "region": region}
