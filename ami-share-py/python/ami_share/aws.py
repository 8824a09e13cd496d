"""The sharer on AWS."""

from __future__ import annotations

from ._internal import aws_sharer
from .sharer import Sharer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._internal import Roles
    from .types import Session

__all__ = ["AwsSharer"]


class AwsSharer(Sharer):
    """Shares images on AWS.

    Credentials come from at most one of these:

    - nothing given: the SDK's default chain (environment, profile, container, instance);
    - ``profile``: a profile of the AWS configuration files;
    - ``access_key_id`` and ``secret_access_key``, with ``session_token`` if they are temporary;
    - ``session``: a ``boto3.Session``, asked again every five minutes, so that what it refreshes
      is refreshed here too. Its Region and endpoints are not used: a request names its Regions.

    They are looked for when the first call is made, and never shown.

    ``endpoint_url`` sends all calls, in every Region, to one endpoint. ``retry_attempts`` is how
    often a call is tried, the first attempt included (by default 8). ``concurrency`` is how many
    images are read or changed at once (by default 8). ``consistency_timeout`` is how many seconds
    a write may take to show when it is read back (by default 60), and
    ``key_consistency_timeout`` how many a change of a key policy or grant may (by default 300).
    ``key_settle_time`` is how many seconds after a key policy was put it is looked at again, in
    case that another writer undid the change (by default 0.25).

    Other accounts are reached by their ``roles``: each role is assumed when its first call is made,
    at the STS endpoint of the Region that is called, and its credentials are renewed before they
    end.

    Raises ``ConfigurationError`` if the arguments contradict each other, or if this build is
    without the AWS backend.
    """

    def __init__(
        self,
        *,
        profile: str | None = None,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
        session_token: str | None = None,
        session: Session | None = None,
        endpoint_url: str | None = None,
        retry_attempts: int | None = None,
        concurrency: int | None = None,
        consistency_timeout: float | None = None,
        key_consistency_timeout: float | None = None,
        key_settle_time: float | None = None,
        roles: Roles | None = None,
    ) -> None:
        self._handle = aws_sharer(
            profile=profile,
            access_key_id=access_key_id,
            secret_access_key=secret_access_key,
            session_token=session_token,
            session=session,
            endpoint_url=endpoint_url,
            retry_attempts=retry_attempts,
            concurrency=concurrency,
            consistency_timeout=consistency_timeout,
            key_consistency_timeout=key_consistency_timeout,
            key_settle_time=key_settle_time,
            roles=roles,
        )
        # Nothing else is kept: neither keys nor an endpoint that could have some in it.
        if profile is not None:
            self._source = f"profile {profile!r}"
        elif access_key_id is not None:
            self._source = "given keys"
        elif session is not None:
            self._source = "given session"
        else:
            self._source = "default chain"

    def __repr__(self) -> str:
        return f"<AwsSharer: {self._source}>"
