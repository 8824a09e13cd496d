"""The simulator: a small, strict AWS in memory.

``SimulatedSharer`` shares in it without any network. ``python -m ami_share.simulator`` serves it to
every AWS client.
"""

from __future__ import annotations

from .._internal import SharerHandle, SimulatedWorld
from ..sharer import Sharer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._internal import Roles

__all__ = ["SimulatedSharer"]


class SimulatedSharer(Sharer):
    """Shares images in a ``SimulatedWorld``, calling as the root user of an account.

    Or as a role or user, given its ARN in place of the account's id: then its policies have to
    allow each call. ``concurrency``, ``consistency_timeout``, ``key_consistency_timeout``,
    ``key_settle_time`` and ``roles`` are those of ``AwsSharer``.

    What is proven on the simulator is not thereby proven on AWS.
    """

    world: SimulatedWorld
    """The world that it calls."""
    account: str
    """The account that it calls as, or the ARN of the role or user."""

    def __init__(
        self,
        world: SimulatedWorld,
        account: str,
        *,
        concurrency: int | None = None,
        consistency_timeout: float | None = None,
        key_consistency_timeout: float | None = None,
        key_settle_time: float | None = None,
        roles: Roles | None = None,
    ) -> None:
        self._handle = SharerHandle.simulated(
            world,
            account,
            concurrency,
            consistency_timeout,
            key_consistency_timeout,
            key_settle_time,
            roles,
        )
        self.world = world
        self.account = account

    def __repr__(self) -> str:
        return f"SimulatedSharer(account={self.account!r})"
