"""What takes long, looked at event by event."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Self

    from ._internal import CopyReport, DistributionReport, Event, Report, ShardReport
    from .types import ApplyRunLike, LongRunLike

__all__ = [
    "ApplyEvents",
    "AsyncApplyEvents",
    "AsyncCopyEvents",
    "AsyncDistributionEvents",
    "AsyncShardEvents",
    "CopyEvents",
    "DistributionEvents",
    "ShardEvents",
]


class ApplyEvents:
    """The events of an apply; made by ``Sharer.apply_events``."""

    def __init__(self, run: ApplyRunLike) -> None:
        self._run = run

    def __iter__(self) -> ApplyEvents:
        return self

    def __next__(self) -> Event:
        event = self._run.next()
        if event is None:
            # Raises what the apply ended with, if it failed.
            self._run.report  # noqa: B018
            raise StopIteration
        return event

    @property
    def report(self) -> Report:
        """What became of every step, once the iterator has ended.

        Raises what the apply ended with if it failed, and ``RuntimeError`` before the end.
        """
        return self._run.report


class AsyncApplyEvents:
    """The events of an apply, for ``async for``; made by ``Sharer.apply_events_async``."""

    def __init__(self, run: ApplyRunLike) -> None:
        self._run = run

    def __aiter__(self) -> AsyncApplyEvents:
        return self

    async def __anext__(self) -> Event:
        event = await self._run.next_async()
        if event is None:
            self._run.report  # noqa: B018
            raise StopAsyncIteration
        return event

    @property
    def report(self) -> Report:
        """What became of every step, once the iterator has ended.

        Raises what the apply ended with if it failed, and ``RuntimeError`` before the end.
        """
        return self._run.report


class _LongEvents:
    """What all events of long runs share."""

    def __init__(self, run: LongRunLike) -> None:
        self._run = run

    def cancel(self) -> None:
        """End it early; the events that follow tell what becomes of what was under way."""
        self._run.cancel()


class _Events(_LongEvents):
    """The events of a long run; as a context manager it brings the run to its end."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event:
        event = self._run.next()
        if event is None:
            # Raises what the run ended with, if it failed.
            self._run.report  # noqa: B018
            raise StopIteration
        return event

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._run.close()


class _AsyncEvents(_LongEvents):
    """The events of a long run, for ``async for`` and ``async with``."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        event = await next_event(self._run)
        if event is None:
            self._run.report  # noqa: B018
            raise StopAsyncIteration
        return event

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *raised: object) -> None:
        if self._run.leave():
            await self._run.wait_async()


class CopyEvents(_Events):
    """The events of copies; made by ``Sharer.apply_copies_events``.

    As a context manager it brings the copies to their end, whatever is raised inside.
    """

    @property
    def report(self) -> CopyReport:
        """What became of every copy, once the iterator has ended.

        Raises what the copies ended with if some failed, and ``RuntimeError`` before the end.
        """
        report: CopyReport = self._run.report
        return report


class AsyncCopyEvents(_AsyncEvents):
    """The events of copies, for ``async for``; made by ``Sharer.apply_copies_events_async``.

    As a context manager it brings the copies to their end, whatever is raised inside.
    """

    @property
    def report(self) -> CopyReport:
        """What became of every copy, once the iterator has ended.

        Raises what the copies ended with if some failed, and ``RuntimeError`` before the end.
        """
        report: CopyReport = self._run.report
        return report


class DistributionEvents(_Events):
    """The events of a distribution.

    Made by ``Sharer.apply_distribution_events`` and ``Sharer.retry_distribution_events``. As a
    context manager it brings the shards to their end, whatever is raised inside.
    """

    @property
    def report(self) -> DistributionReport:
        """What became of every shard, once the iterator has ended.

        Raises what the distribution ended with if it failed, and ``RuntimeError`` before the end.
        """
        report: DistributionReport = self._run.report
        return report


class AsyncDistributionEvents(_AsyncEvents):
    """The events of a distribution, for ``async for``.

    Made by ``Sharer.apply_distribution_events_async`` and
    ``Sharer.retry_distribution_events_async``. As a context manager it brings the shards to their
    end, whatever is raised inside.
    """

    @property
    def report(self) -> DistributionReport:
        """What became of every shard, once the iterator has ended.

        Raises what the distribution ended with if it failed, and ``RuntimeError`` before the end.
        """
        report: DistributionReport = self._run.report
        return report


class ShardEvents(_Events):
    """The events of a shard; made by ``Sharer.run_shard_events``.

    As a context manager it brings the shard to its end, whatever is raised inside.
    """

    @property
    def report(self) -> ShardReport:
        """What became of the shard, once the iterator has ended; ``RuntimeError`` before that."""
        report: ShardReport = self._run.report
        return report


class AsyncShardEvents(_AsyncEvents):
    """The events of a shard, for ``async for``; made by ``Sharer.run_shard_events_async``.

    As a context manager it brings the shard to its end, whatever is raised inside.
    """

    @property
    def report(self) -> ShardReport:
        """What became of the shard, once the iterator has ended; ``RuntimeError`` before that."""
        report: ShardReport = self._run.report
        return report


async def next_event(run: LongRunLike) -> Event | None:
    """Await the next event; when the task is cancelled, bring the run to its end first."""
    from asyncio import CancelledError

    try:
        return await run.next_async()
    except CancelledError as cancelled:
        await _leave(run, cancelled)
        raise


async def end_of(run: LongRunLike) -> Any:
    """Await the end; when the task is cancelled, bring the run to it first."""
    from asyncio import CancelledError

    try:
        await run.wait_async()
    except CancelledError as cancelled:
        await _leave(run, cancelled)
        raise
    return run.report


async def _leave(run: LongRunLike, cancelled: BaseException) -> None:
    """Cancel what has begun to write, and wait until it has cleaned up; stop anything else."""
    if run.leave():
        # A task that is cancelled again does not wait: the run goes on to its end alone.
        await run.wait_async()
        try:
            run.report  # noqa: B018
        except Exception as error:
            cancelled.__cause__ = error
