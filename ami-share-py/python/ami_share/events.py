"""An apply that is looked at event by event."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._internal import Event, Report
    from .types import ApplyRunLike

__all__ = ["ApplyEvents", "AsyncApplyEvents"]


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
