"""The native half of the package; its public names are those of ``ami_share``."""

from collections.abc import Awaitable, Iterable, Mapping
from typing import Any, Final, Literal, final, type_check_only

from typing_extensions import Self

from .exceptions import AwsApiError
from .types import Answer, Direction, Outcome, PublicConsent, Session, SnapshotSharing

__all__ = [
    "ApplyRun",
    "Call",
    "Change",
    "Event",
    "Finding",
    "HAS_AWS",
    "ImageVerification",
    "Judgement",
    "Notice",
    "Plan",
    "PrincipalCheck",
    "Problem",
    "Refusal",
    "Report",
    "ShareRequest",
    "SharedImage",
    "SharerHandle",
    "SimulatedWorld",
    "Step",
    "StepReport",
    "Verification",
    "__version__",
    "aws_sharer",
]

__version__: Final[str]
HAS_AWS: Final[bool]

@type_check_only
class _Value:
    """What all values share: frozen, equal by what they hold, hashable, and picklable."""

    def to_json(self) -> str:
        """The value as JSON text; that of plans, reports and verifications names its version."""

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The value back from its JSON text; raises ``InvalidRequestError`` if it is none."""

    def to_dict(self) -> dict[str, Any]:
        """The JSON form as a dict."""

    def __reduce__(self) -> tuple[Any, tuple[str]]: ...

@final
class ShareRequest(_Value):
    """What is wanted: which images, which principals, and which way.

    ``images`` are ids of AMIs in ``region``, or a dict of such lists by Region. The principals are
    the union of ``accounts`` (12-digit ids, as ``str``), ``organizations`` and
    ``organizational_units`` (full ARNs), ``principals`` (any of these, and ``"all"``), and the
    public if ``public`` is set.

    ``direction`` is ``"share"`` (the principals get access), ``"revoke"`` (they lose it), or
    ``"exactly"`` (they have access and nobody else). The last one needs ``removal_limit``: how many
    principals of one image may lose access before it is refused, as an ``int``, as a percentage of
    those that have access now such as ``"20%"``, or ``"unlimited"``.

    ``snapshots`` says what happens to the create-volume permission of the images' EBS snapshots,
    which recipients need to copy an image, not to launch it: ``"for-copy"`` (it follows the launch
    permission) or ``"leave-as-is"``. By default it is left as it is when sharing and taken away
    when revoking.

    ``tags`` are put on the images, and on their snapshots where these are shared; recipients see
    only keys that start with ``ec2:SharedTag/``.

    To make images public takes ``public_consent="given"``, or
    ``"given-even-if-block-public-access-is-unknown"``. With ``trusted_accounts`` or
    ``trusted_organizations``, principals that are on neither list are refused when sharing; an OU
    passes if its organization is listed.

    ``entities_per_image`` (1,000) and ``public_images`` (5) are the account's quotas where they
    were raised (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-quotas.html);
    ``launch_permissions_per_call`` (1,000) may be 1 to 10,000.

    Raises ``InvalidRequestError`` with everything that is wrong.
    """

    def __new__(
        cls,
        *,
        images: Iterable[str] | Mapping[str, Iterable[str]],
        region: str | None = None,
        accounts: Iterable[str] | None = None,
        organizations: Iterable[str] | None = None,
        organizational_units: Iterable[str] | None = None,
        public: bool = False,
        principals: Iterable[str] | None = None,
        direction: Direction = "share",
        removal_limit: int | str | None = None,
        snapshots: SnapshotSharing | None = None,
        tags: Mapping[str, str] | None = None,
        public_consent: PublicConsent = "withheld",
        trusted_accounts: Iterable[str] | None = None,
        trusted_organizations: Iterable[str] | None = None,
        entities_per_image: int | None = None,
        public_images: int | None = None,
        launch_permissions_per_call: int | None = None,
    ) -> Self: ...
    def to_revoke(self) -> ShareRequest:
        """The same request in the other direction: what it opened is closed, tags included."""

    @property
    def images(self) -> dict[str, list[str]]:
        """The images by Region."""

    @property
    def principals(self) -> list[str]:
        """All principals: accounts, organizations, OUs, and ``"all"`` for the public."""

    @property
    def accounts(self) -> list[str]: ...
    @property
    def organizations(self) -> list[str]: ...
    @property
    def organizational_units(self) -> list[str]: ...
    @property
    def public(self) -> bool: ...
    @property
    def direction(self) -> Direction: ...
    @property
    def removal_limit(self) -> int | str | None:
        """The limit of direction ``"exactly"``; none for the others."""

    @property
    def snapshots(self) -> SnapshotSharing:
        """What happens to snapshot permissions: as given, or by the direction."""

    @property
    def tags(self) -> dict[str, str]: ...
    @property
    def public_consent(self) -> PublicConsent: ...
    @property
    def trusted_accounts(self) -> list[str] | None:
        """None if there is no list of trusted principals."""

    @property
    def trusted_organizations(self) -> list[str] | None:
        """None if there is no list of trusted principals."""

    @property
    def entities_per_image(self) -> int: ...
    @property
    def public_images(self) -> int: ...
    @property
    def launch_permissions_per_call(self) -> int: ...

@final
class Plan(_Value):
    """What is to be done, why, and for which world; ``str`` gives it as text for people.

    Steps of one image are in order: when sharing, snapshots open before the launch permission;
    when revoking, the launch permission closes first. Tags come last.
    """

    @property
    def request(self) -> ShareRequest: ...
    @property
    def steps(self) -> list[Step]:
        """The calls, in order; none if the world already is as asked for."""

    @property
    def notices(self) -> list[Notice]:
        """What the reader should know, and what does not stop the plan."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""

    def _repr_html_(self) -> str: ...

@final
class Step(_Value):
    """One call that a plan makes."""

    @property
    def region(self) -> str: ...
    @property
    def image(self) -> str | None:
        """The image it belongs to; none for tags, which go on many resources at once."""

    @property
    def operation(self) -> str:
        """The AWS operation, such as ``ModifyImageAttribute``."""

    @property
    def reason(self) -> str:
        """Why it is made."""

    @property
    def risk(self) -> Literal["none", "gives_access", "takes_access", "makes_public"]:
        """What it does to who can get in."""

    @property
    def resources(self) -> list[str]:
        """The images and snapshots that it changes."""

    @property
    def added(self) -> list[str]:
        """The principals that get access by it."""

    @property
    def removed(self) -> list[str]:
        """The principals that lose access by it."""

    @property
    def tags(self) -> dict[str, str]:
        """The tags that it puts on or takes off."""

@final
class Notice(_Value):
    """Something that the reader of a plan or report should know."""

    @property
    def kind(self) -> str: ...
    @property
    def message(self) -> str: ...

@final
class Report(_Value):
    """What became of every step of a plan; ``str`` gives it as text for people."""

    @property
    def request(self) -> ShareRequest: ...
    @property
    def steps(self) -> list[StepReport]: ...
    @property
    def notices(self) -> list[Notice]: ...
    @property
    def is_complete(self) -> bool:
        """Whether every step was done and seen to be done."""

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to do."""

    def _repr_html_(self) -> str: ...

@final
class StepReport(_Value):
    """A step and what became of it."""

    @property
    def step(self) -> Step: ...
    @property
    def outcome(self) -> Outcome:
        """What became of it; ``unconfirmed`` if the call was made and its effect did not show."""

    @property
    def is_done(self) -> bool: ...
    @property
    def request_id(self) -> str | None:
        """The id that AWS gave the request."""

    @property
    def because(self) -> str | None:
        """Why it was not done, or not seen to be done."""

    @property
    def error(self) -> AwsApiError | None:
        """What AWS said, where it refused the step."""

@final
class Verification(_Value):
    """Desired against actual, per image and principal; ``str`` gives it as a table for people."""

    @property
    def request(self) -> ShareRequest: ...
    @property
    def images(self) -> list[ImageVerification]:
        """All images of the request, by Region and id."""

    @property
    def cannot_undo(self) -> list[str]:
        """What a revoke cannot take back; empty for other requests."""

    @property
    def as_desired(self) -> Answer:
        """``no`` if anything is not as asked for, ``unknown`` if anything could not be told."""

    def _repr_html_(self) -> str: ...

@final
class ImageVerification(_Value):
    """What was found at one image."""

    @property
    def region(self) -> str: ...
    @property
    def image(self) -> str: ...
    @property
    def state(self) -> str | None:
        """Its state; none if it was not found."""

    @property
    def principals(self) -> list[PrincipalCheck]:
        """Every principal of the request."""

    @property
    def unexpected(self) -> list[str]:
        """Who has the launch permission besides those named, where the request is exact."""

    @property
    def as_desired(self) -> Answer: ...

@final
class PrincipalCheck(_Value):
    """What was found for one principal at one image."""

    @property
    def principal(self) -> str: ...
    @property
    def launch(self) -> Finding:
        """Whether it can launch the image."""

    @property
    def copy(self) -> Finding | None:
        """Whether it can copy the image, or after a revoke still read any of its snapshots.

        None where the request leaves snapshots as they are.
        """

    @property
    def as_desired(self) -> Answer: ...

@final
class Finding(_Value):
    """An answer with its reason, and what would mend it."""

    @property
    def answer(self) -> Answer: ...
    @property
    def reason(self) -> str: ...
    @property
    def mend(self) -> str | None: ...

@final
class Event(_Value):
    """Something that happened while a plan was applied; ``str`` gives it as one line.

    Its ``kind`` says which of the attributes are there; the others are none:

    - ``started``: ``steps``;
    - ``step_started``: ``step``, ``region``, ``operation``, and ``image`` if it belongs to one;
    - ``waiting``: ``resource`` and ``delay``, when a write does not show yet;
    - ``step_finished``: ``step``, ``outcome``, and ``because`` if it was not done;
    - ``finished``: ``done`` and ``steps``.
    """

    @property
    def kind(self) -> Literal["started", "step_started", "waiting", "step_finished", "finished"]: ...
    @property
    def step(self) -> int | None:
        """The step's place in the plan, from 0."""

    @property
    def steps(self) -> int | None:
        """How many steps the plan has."""

    @property
    def done(self) -> int | None:
        """How many steps were done."""

    @property
    def region(self) -> str | None: ...
    @property
    def image(self) -> str | None: ...
    @property
    def operation(self) -> str | None: ...
    @property
    def resource(self) -> str | None:
        """The image or snapshot."""

    @property
    def delay(self) -> float | None:
        """In how many seconds it is read again."""

    @property
    def outcome(self) -> Outcome | None: ...
    @property
    def because(self) -> str | None: ...

@final
class SharedImage(_Value):
    """An image that somebody shares with the caller."""

    @property
    def id(self) -> str: ...
    @property
    def owner(self) -> str:
        """The account that owns it."""

    @property
    def name(self) -> str | None: ...
    @property
    def state(self) -> str: ...
    @property
    def public(self) -> bool: ...
    @property
    def tags(self) -> dict[str, str]:
        """The tags that the caller can see."""

@final
class Problem(_Value):
    """One thing that is wrong with a request, whatever the world looks like."""

    @property
    def field(self) -> str:
        """The argument that is to be mended."""

    @property
    def message(self) -> str: ...

@final
class Refusal(_Value):
    """One reason why a request is not carried out in the world as it is."""

    @property
    def kind(self) -> str:
        """Such as ``encrypted`` or ``not_owner``; ``to_dict`` gives all that belongs to it."""

    @property
    def message(self) -> str:
        """What is wrong."""

    @property
    def mend(self) -> str:
        """What to do about it."""

    @property
    def image(self) -> str | None: ...
    @property
    def region(self) -> str | None: ...

@final
class Change(_Value):
    """A difference between the world that a plan was made for and the world now."""

    @property
    def kind(self) -> str:
        """Such as ``permissions``; ``to_dict`` gives all that belongs to it."""

    @property
    def message(self) -> str: ...

@final
class Judgement(_Value):
    """Whether an account gets in, and why; true if it does."""

    @property
    def allowed(self) -> bool: ...
    @property
    def reason(self) -> str: ...
    def __bool__(self) -> bool: ...

@final
class Call(_Value):
    """One call that was made to the simulated AWS."""

    @property
    def request_id(self) -> str: ...
    @property
    def account(self) -> str:
        """The account that called."""

    @property
    def region(self) -> str: ...
    @property
    def operation(self) -> str: ...
    @property
    def error_code(self) -> str | None:
        """AWS's error code if it was refused."""

    @property
    def write(self) -> bool:
        """Whether the operation is one that writes, also where it was refused."""

@final
class SimulatedWorld:
    """A small AWS in memory that judges access by its own rules.

    Any account exists. Ids are made by counting, so that a test that does the same things in the
    same order sees the same ids. What is done through the world itself is not logged as a call.
    Methods raise ``InvalidRequestError`` for an id that cannot be read, and ``AwsApiError`` with
    the code that AWS would give.
    """

    def __new__(cls) -> Self: ...
    def create_organization(self, management: str) -> str:
        """An organization with the management account at its root; gives its ARN."""

    def create_organizational_unit(self, parent: str) -> str:
        """A new OU under an OU, or under an organization's root; gives its ARN."""

    def create_account(self, parent: str, account: str) -> None:
        """Let an account join an organization under a parent."""

    def move_account(self, account: str, parent: str) -> None:
        """Move an account to another parent in its organization."""

    def remove_account(self, account: str) -> None:
        """Take an account out of its organization."""

    def register_image(
        self,
        region: str,
        owner: str,
        name: str = "image",
        *,
        snapshots: int = 0,
        encrypted_snapshots: int = 0,
        instance_store: bool = False,
        product_codes: Iterable[str] | None = None,
        tags: Mapping[str, str] | None = None,
        state: str = "available",
    ) -> str:
        """A new image that is shared with nobody; gives its id.

        If no snapshot is named, it has one that is not encrypted, or none with instance store.
        """

    def disable_image(self, region: str, image: str) -> None:
        """Disable an image: all its launch permissions are removed."""

    def enable_image(self, region: str, image: str) -> None:
        """Enable a disabled image; its launch permissions do not come back."""

    def deregister_image(self, region: str, image: str) -> None:
        """Deregister an image; its snapshots stay."""

    def set_image_state(self, region: str, image: str, state: str) -> None:
        """Put an image into a state, as AWS does by itself."""

    def snapshots_of(self, region: str, image: str) -> list[str]:
        """The snapshots behind an image; none if there is no such image."""

    def launch_permissions(self, region: str, image: str) -> list[str] | None:
        """Who is named in the launch permission, without any delay; none if there is no image."""

    def create_volume_permissions(self, region: str, snapshot: str) -> list[str] | None:
        """Who is named in the create-volume permission, without any delay."""

    def set_image_block_public_access(
        self, account: str, region: str, setting: Literal["block-new-sharing", "unblocked"]
    ) -> None:
        """Set block public access for AMIs; ``block-new-sharing`` until it is set."""

    def set_snapshot_block_public_access(
        self,
        account: str,
        region: str,
        setting: Literal["block-all-sharing", "block-new-sharing", "unblocked"],
    ) -> None:
        """Set block public access for snapshots; ``unblocked`` until it is set."""

    def set_entity_quota(self, account: str, quota: int) -> None:
        """Set how many entities an image of the account can be shared with; 1,000 until then."""

    def set_public_image_quota(self, account: str, quota: int) -> None:
        """Set how many public images the account can have in each Region; 5 until then."""

    def set_page_size(self, items: int) -> None:
        """Set how many items a page of a listing has at most."""

    def delay_consistency(self, reads: int) -> None:
        """Let each write of a permission stay unseen by its next so many reads, from now on."""

    def deny(self, account: str, operation: str) -> None:
        """Make an operation, by AWS's name, answer the account that it is not allowed."""

    def allow(self, account: str, operation: str) -> None:
        """Take a ``deny`` back."""

    def calls(self) -> list[Call]:
        """All calls until now, in order."""

    def clear_calls(self) -> None:
        """Forget the calls."""

    def can_launch(self, region: str, account: str, image: str) -> Judgement:
        """Whether the account could launch the image now."""

    def can_copy(self, region: str, account: str, image: str) -> Judgement:
        """Whether the account could copy the image now."""

@final
class SharerHandle:
    """What the sharers stand on; not for use outside the package."""

    @staticmethod
    def simulated(
        world: SimulatedWorld,
        account: str,
        concurrency: int | None = None,
        consistency_timeout: float | None = None,
    ) -> SharerHandle: ...
    def plan(self, request: ShareRequest) -> Plan: ...
    def plan_async(self, request: ShareRequest) -> Awaitable[Plan]: ...
    def apply(self, plan: Plan, on_change: str) -> Report: ...
    def apply_async(self, plan: Plan, on_change: str) -> Awaitable[Report]: ...
    def apply_events(self, plan: Plan, on_change: str) -> ApplyRun: ...
    def share(self, request: ShareRequest) -> Report: ...
    def share_async(self, request: ShareRequest) -> Awaitable[Report]: ...
    def revoke(self, request: ShareRequest) -> Report: ...
    def revoke_async(self, request: ShareRequest) -> Awaitable[Report]: ...
    def verify(self, request: ShareRequest) -> Verification: ...
    def verify_async(self, request: ShareRequest) -> Awaitable[Verification]: ...
    def shared_with_me(
        self, region: str, next_token: str | None = None
    ) -> tuple[list[SharedImage], str | None]: ...
    def shared_with_me_async(
        self, region: str, next_token: str | None = None
    ) -> Awaitable[tuple[list[SharedImage], str | None]]: ...
    def give_up(self, region: str, image: str) -> str | None: ...
    def give_up_async(self, region: str, image: str) -> Awaitable[str | None]: ...

@final
class ApplyRun:
    """An apply that was started; not for use outside the package."""

    def next(self) -> Event | None: ...
    def next_async(self) -> Awaitable[Event | None]: ...
    @property
    def report(self) -> Report: ...

def aws_sharer(
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
) -> SharerHandle: ...
