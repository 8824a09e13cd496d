"""The native half of the package; its public names are those of ``ami_share``."""

from collections.abc import Awaitable, Iterable, Mapping
from datetime import datetime, timedelta
from os import PathLike
from typing import Any, Final, Literal, final, type_check_only

from typing_extensions import Self

from .exceptions import AwsApiError
from .types import (
    Access,
    AccessLayer,
    Answer,
    ContextValue,
    CopyFailureCause,
    CopyMaker,
    CopyOutcome,
    DeregistrationProtection,
    Direction,
    KeyAccess,
    KeyCleanup,
    KeyState,
    NotGiven,
    OnFailure,
    Outcome,
    PolicyDocument,
    PublicConsent,
    RecipientOutcome,
    RecipientsGet,
    RehearsedCall,
    Remains,
    ServiceRole,
    Session,
    SnapshotSharing,
    SourceAccess,
    Stage,
    Verdict,
)

__all__ = [
    "ApplyRun",
    "Call",
    "CallFinding",
    "Cancel",
    "Change",
    "CopyCheck",
    "CopyDifference",
    "CopyFailure",
    "CopyPlan",
    "CopyRefusal",
    "CopyReport",
    "CopyRequest",
    "CopyResult",
    "CopySetting",
    "Decision",
    "DecisionReason",
    "Distribution",
    "DistributionPlan",
    "DistributionProblem",
    "DistributionReport",
    "DistributionVerification",
    "Event",
    "Finding",
    "HAS_AWS",
    "Hurt",
    "ImageRehearsal",
    "ImageUsage",
    "ImageUsageReport",
    "ImageVerification",
    "Imported",
    "Judgement",
    "KeyPolicy",
    "LayerFinding",
    "LintFinding",
    "LongRun",
    "Manifest",
    "ManifestRow",
    "NotTaken",
    "Notice",
    "ParameterReport",
    "ParameterRequest",
    "PatchedPolicy",
    "Plan",
    "PlannedCopy",
    "PolicyDiff",
    "PolicyStatement",
    "PrincipalCheck",
    "Problem",
    "RecipientTagReport",
    "RecipientTagRequest",
    "Refusal",
    "Rehearsal",
    "RehearsalRequest",
    "Report",
    "Roles",
    "ServiceLinkedRoleReport",
    "ServiceLinkedRoleRequest",
    "ServiceRoleGrant",
    "SettingReport",
    "Shard",
    "ShardReport",
    "ShareRequest",
    "SharedImage",
    "SharerHandle",
    "SharingKey",
    "SimulatedWorld",
    "SimulatorServer",
    "Step",
    "StepReport",
    "UsageRequest",
    "UsedImage",
    "Verification",
    "WrittenParameter",
    "WrittenTags",
    "__version__",
    "aws_sharer",
    "caller_iam_policy",
    "key_policy_for_sharing",
    "recipient_iam_policy",
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

    Who launches or copies an encrypted image needs its KMS keys, which are found and opened too.
    ``key_access`` says how: ``"key-policy"`` (by statements in the key policy), ``"grant"`` (by
    grants, which take accounts, roles and users only), ``"auto"`` (by the key policy, or by grants
    where it cannot be read or written and all recipients are accounts), or ``"leave"`` (keys are
    left as they are, and ``verify`` still says whether recipients can use them).
    ``key_principals`` are ARNs of roles and users of the ``accounts`` that the keys are opened for
    instead of their whole account. With ``service_roles``, each of the ``accounts`` may make grants
    of the keys for these roles of its own, which ``grant_service_linked_roles`` then does; there
    may be no other principals then. ``unit_paths`` tell where OUs stand, as ``o-…/r-…/ou-…/``,
    so that Organizations need not be asked.

    ``key_cleanup`` says what a revoke does to the keys: with ``"by-reference"`` a principal loses a
    key when no other image under it is shared with the principal, and keeps it where that cannot
    be known; with ``"always"`` it loses the key, whatever else it is for; with ``"never"`` it keeps
    it.

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
        key_access: KeyAccess = "auto",
        key_cleanup: KeyCleanup = "by-reference",
        key_principals: Iterable[str] | None = None,
        service_roles: Iterable[ServiceRole] | None = None,
        unit_paths: Iterable[str] | None = None,
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

    def with_key_access(self, key_access: KeyAccess) -> ShareRequest:
        """The same request with another way to open keys."""

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
    def key_access(self) -> KeyAccess:
        """How recipients get to use the keys of encrypted images."""

    @property
    def key_cleanup(self) -> KeyCleanup:
        """What a revoke does to the keys."""

    @property
    def key_principals(self) -> list[str]:
        """The roles and users that the keys are opened for, instead of their whole account."""

    @property
    def service_roles(self) -> list[ServiceRole]:
        """The roles of services that recipients may make grants for."""

    @property
    def unit_paths(self) -> list[str]:
        """Where OUs stand in their organization."""

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
class SharingKey(_Value):
    """A new customer managed key for images that are to be shared.

    ``owner`` is the account that calls. ``alias`` is such as ``alias/golden-images``. Principals
    that may use the key from the start are the union of ``accounts``, ``organizations``,
    ``organizational_units`` and ``principals``, as in ``ShareRequest`` but without the public;
    ``unit_paths`` tell where OUs stand, as ``o-…/r-…/ou-…/``, so that Organizations need not
    be asked. A ``multi_region`` key can have replicas in other Regions.

    Raises ``InvalidRequestError`` with what is wrong.
    """

    def __new__(
        cls,
        *,
        region: str,
        owner: str,
        alias: str,
        accounts: Iterable[str] | None = None,
        organizations: Iterable[str] | None = None,
        organizational_units: Iterable[str] | None = None,
        principals: Iterable[str] | None = None,
        unit_paths: Iterable[str] | None = None,
        description: str = "",
        multi_region: bool = False,
        tags: Mapping[str, str] | None = None,
    ) -> Self: ...
    @property
    def region(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def alias(self) -> str: ...
    @property
    def principals(self) -> list[str]:
        """All principals: accounts, organizations and OUs."""

    @property
    def unit_paths(self) -> list[str]: ...
    @property
    def description(self) -> str: ...
    @property
    def multi_region(self) -> bool: ...
    @property
    def tags(self) -> dict[str, str]: ...

@final
class Roles(_Value):
    """By which role each account is reached.

    ``template`` is the ARN of a role with ``{account}`` in the place of the account's id, such as
    ``arn:aws:iam::{account}:role/AmiShare``; ``roles`` are ARNs by account, which win over it.
    ``external_id`` is what the roles' trust policies ask for (2 to 1,224 characters); it is never
    shown, but it is in ``to_json`` and in pickles, so that these can be used elsewhere.
    ``session_name`` (2 to 64 characters) is what CloudTrail shows. ``session_tags`` need
    ``sts:TagSession`` in the trust policies. ``duration`` is how long a session lasts before it is
    renewed: 15 minutes to 12 hours, by default an hour, which is the most where the caller itself
    is a session of a role.

    Raises ``InvalidRequestError`` with everything that is wrong.
    """

    def __new__(
        cls,
        template: str | None = None,
        *,
        roles: Mapping[str, str] | None = None,
        external_id: str | None = None,
        session_name: str = "ami-share",
        session_tags: Mapping[str, str] | None = None,
        duration: timedelta | None = None,
    ) -> Self: ...
    @property
    def template(self) -> str | None: ...
    @property
    def roles(self) -> dict[str, str]: ...
    @property
    def session_name(self) -> str: ...
    @property
    def session_tags(self) -> dict[str, str]: ...
    @property
    def duration(self) -> timedelta: ...
    def role_of(self, account: str) -> str | None:
        """The role of an account: its own, or the one that the template makes."""

@final
class Cancel:
    """Ends what takes long before it is done, from another thread or task.

    Give it to ``copy``, ``apply_copies`` or a verb of distributions, and call ``cancel``: the verb
    then ends with its report, which says what became of what was under way.
    """

    def __new__(cls) -> Self: ...
    def cancel(self) -> None:
        """Cancel, once and for all."""

    @property
    def is_cancelled(self) -> bool: ...

@final
class CopyRequest(_Value):
    """Copies of one image that are wanted: to which accounts and Regions, and what they are like.

    The copies go to every account in ``accounts``, and to the caller's own with ``own_account``, in
    every Region in ``regions``; where no Region is named, it is the source's, and where no account
    is named, it is the caller's own. ``destinations`` adds lists of Regions by account. With
    ``made_by="recipient"`` each account makes and owns its copy, by its role (see ``Roles``); with
    ``"owner"`` the caller makes one for each account and shares it with the account.

    The key of a copy is the closest one that is given: that of account and Region
    (``account_keys={"222222222222": {"eu-west-1": key}}``), of the account
    (``account_keys={"222222222222": key}``), of the Region (``region_keys``), or ``key``. Each is a
    key id, an ARN, or an alias, which is that of the account and Region that the copy goes to; a
    multi-Region key stands for its replica there. Without a key, AWS would take the default key,
    and the copy could not be shared: where the source is encrypted, or the copy leaves its Region
    or account, that is refused.

    ``name`` may have ``{name}``, ``{source}``, ``{account}`` and ``{region}`` in it; by default it
    is ``{name}``, and ``{name}-{account}`` for copies that the caller makes for several accounts.
    ``description`` is by default the source's. Tags of the source are copied, those of AWS aside,
    unless ``copy_tags`` is false; ``image_tags`` and ``snapshot_tags`` come on top. Copies are
    private, unless ``share_with`` names principals, or ``replicate_permissions`` takes those that
    may launch the source. ``protection`` and ``deprecate_at`` (with a time zone) are set on each.

    ``completion_minutes`` asks for time-based copies at extra charge, 15 to 2,880 in steps of 15
    (https://docs.aws.amazon.com/ebs/latest/userguide/time-based-copies.html).

    What recipients need of the source (launch permission, every snapshot, keys) is opened before;
    ``source_access`` says what becomes of it: ``"keep"``, ``"close"``, or ``"leave-as-is"`` where
    nothing is to be opened. With ``"close"`` tags of the source (``ami-share:lease:…``) tell what is
    open, so that the next run for the same accounts closes what a run that died left open; the
    caller needs ec2:CreateTags and ec2:DeleteTags on the source, and of two such runs at once the
    first that ends closes the source for the other. ``key_access`` is that of ``ShareRequest``. ``on_failure`` says what
    becomes of a copy that failed, was cancelled or was not complete in time: with ``"clean-up"``
    its image is deregistered and its snapshots are deleted, with ``"keep"`` it stays, and a later
    run adopts it.

    ``images_at_once`` (1 to 300, by default 100) and ``snapshots_at_once`` (by default 300) are for
    one Region of one account; ``time_limit_minutes`` (by default 1,440) is for all together.

    Raises ``InvalidRequestError`` with everything that is wrong.
    """

    def __new__(
        cls,
        *,
        source_region: str,
        source_image: str,
        regions: Iterable[str] | None = None,
        accounts: Iterable[str] | None = None,
        own_account: bool = False,
        destinations: Mapping[str, Iterable[str]] | None = None,
        key: str | None = None,
        region_keys: Mapping[str, str] | None = None,
        account_keys: Mapping[str, str | Mapping[str, str]] | None = None,
        made_by: CopyMaker = "recipient",
        name: str | None = None,
        description: str | None = None,
        copy_tags: bool = True,
        image_tags: Mapping[str, str] | None = None,
        snapshot_tags: Mapping[str, str] | None = None,
        share_with: Iterable[str] | None = None,
        replicate_permissions: bool = False,
        protection: DeregistrationProtection | None = None,
        deprecate_at: datetime | None = None,
        completion_minutes: int | None = None,
        source_access: SourceAccess = "keep",
        key_access: KeyAccess = "auto",
        on_failure: OnFailure = "clean-up",
        images_at_once: int | None = None,
        snapshots_at_once: int | None = None,
        time_limit_minutes: int | None = None,
    ) -> Self: ...
    @property
    def source_region(self) -> str: ...
    @property
    def source_image(self) -> str: ...
    @property
    def destinations(self) -> list[tuple[str | None, str]]:
        """Pairs of an account and a Region; no account where it is the caller's own."""

    @property
    def accounts(self) -> list[str]:
        """The accounts that copies go to; the caller's own where it is named."""

    @property
    def regions(self) -> list[str]: ...
    @property
    def keys(self) -> dict[str, Any]:
        """The keys as they are written down: ``default``, ``regions`` and ``accounts``."""

    @property
    def made_by(self) -> CopyMaker: ...
    @property
    def name(self) -> str | None: ...
    @property
    def description(self) -> str | None: ...
    @property
    def copy_tags(self) -> bool: ...
    @property
    def image_tags(self) -> dict[str, str]: ...
    @property
    def snapshot_tags(self) -> dict[str, str]: ...
    @property
    def share_with(self) -> list[str] | None: ...
    @property
    def replicate_permissions(self) -> bool: ...
    @property
    def protection(self) -> DeregistrationProtection | None: ...
    @property
    def deprecate_at(self) -> datetime | None: ...
    @property
    def completion_minutes(self) -> int | None: ...
    @property
    def source_access(self) -> SourceAccess: ...
    @property
    def key_access(self) -> KeyAccess: ...
    @property
    def on_failure(self) -> OnFailure: ...
    @property
    def images_at_once(self) -> int: ...
    @property
    def snapshots_at_once(self) -> int: ...
    @property
    def time_limit_minutes(self) -> int: ...

@final
class CopyPlan(_Value):
    """Which copies are to be made, and what is opened for them; ``str`` gives it as text."""

    @property
    def request(self) -> CopyRequest: ...
    @property
    def caller(self) -> str:
        """The account that called."""

    @property
    def source(self) -> dict[str, Any]:
        """The image that is copied, as it was seen; ``["image"]`` has what it is shared by."""

    @property
    def open(self) -> Plan | None:
        """How the source is opened for the accounts that copy it, if it has to be."""

    @property
    def left_open(self) -> dict[str, Any]:
        """What a run that died left open of the source, by its tags; closed when the copies have ended."""

    @property
    def other_leases(self) -> list[str]:
        """The source's tags that tell of runs for other accounts, under way or dead."""

    @property
    def copies(self) -> list[PlannedCopy]:
        """The copies, in the order of their destinations."""

    @property
    def shares(self) -> list[tuple[str, Plan]]:
        """How the copies that are there already are shared, by the account that owns them."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""

    def _repr_html_(self) -> str: ...

@final
class PlannedCopy(_Value):
    """One copy of a plan."""

    @property
    def account(self) -> str:
        """The account that makes and owns it."""

    @property
    def region(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str | None: ...
    @property
    def key(self) -> str | None:
        """The ARN of its key; none where it is encrypted as the source is."""

    @property
    def image_tags(self) -> dict[str, str]:
        """The tags of the image, ours included."""

    @property
    def snapshot_tags(self) -> dict[str, str]:
        """The tags of its snapshots, ours included."""

    @property
    def share_with(self) -> list[str]:
        """Who it is to be shared with."""

    @property
    def found(self) -> Literal["nothing", "pending", "available"]:
        """What there is of it: ``pending`` is an earlier run's, which is waited for."""

    @property
    def image(self) -> str | None:
        """The image, if there is one."""

    @property
    def settings(self) -> list[CopySetting]:
        """What it lacks, where it is available."""

    @property
    def failed_before(self) -> int:
        """How many copies of it failed and are still there."""

@final
class CopySetting(_Value):
    """Something that an available copy lacks, and the call that gives it."""

    @property
    def operation(self) -> str:
        """The AWS operation, such as ``CreateTags``; ``to_dict`` gives all that belongs to it."""

@final
class CopyReport(_Value):
    """What became of every copy that was asked for; ``str`` gives it as text for people."""

    @property
    def request(self) -> CopyRequest: ...
    @property
    def opened(self) -> Report | None:
        """How the source was opened for the accounts that copied it, if it had to be."""

    @property
    def copies(self) -> list[CopyResult]:
        """All copies, in the order of their destinations."""

    @property
    def closed(self) -> list[Report]:
        """How what was opened was closed again, where that was asked for."""

    @property
    def left_open(self) -> list[str]:
        """Why what was to be closed is still open; empty where nothing is."""

    @property
    def other_leases(self) -> list[str]:
        """The source's tags that tell of runs for other accounts, under way or dead."""

    @property
    def is_complete(self) -> bool:
        """Whether every copy is as asked for, and what was to be closed is closed."""

    def _repr_html_(self) -> str: ...

@final
class CopyResult(_Value):
    """One copy and what became of it; ``str`` gives it as one line."""

    @property
    def account(self) -> str:
        """The account that owns it."""

    @property
    def region(self) -> str: ...
    @property
    def image(self) -> str | None:
        """The copy, where there is one."""

    @property
    def snapshots(self) -> list[str]:
        """Its snapshots, as far as they were seen."""

    @property
    def key(self) -> str | None:
        """The ARN of the key that it was to be encrypted under, where one was given."""

    @property
    def outcome(self) -> CopyOutcome:
        """What became of it; ``found`` if an earlier run had made it."""

    @property
    def is_available(self) -> bool: ...
    @property
    def is_complete(self) -> bool:
        """Whether it is available, as it was to be, and shared as asked."""

    @property
    def failure(self) -> CopyFailure | None:
        """Why it failed, if it did."""

    @property
    def because(self) -> str | None:
        """Why it failed, was not finished, or was not tried."""

    @property
    def remains(self) -> Remains | None:
        """What became of what a copy left behind that failed or was not finished."""

    @property
    def left(self) -> list[str]:
        """The images and snapshots that could not be removed."""

    @property
    def started(self) -> datetime | None:
        """When this run started it, or first looked at it, in UTC."""

    @property
    def ended(self) -> datetime | None:
        """When it was seen to have ended, in UTC."""

    @property
    def request_id(self) -> str | None:
        """The id that AWS gave the ``CopyImage``."""

    @property
    def differences(self) -> list[CopyDifference]:
        """In what it is not as it was to be: keys, and how it boots."""

    @property
    def settings(self) -> list[SettingReport]:
        """What was set on it afterwards."""

    @property
    def shared(self) -> Report | None:
        """How it was shared, with the other copies of its account and Region."""

    @property
    def not_shared_because(self) -> str | None:
        """Why it was not shared, where it was to be."""

@final
class CopyFailure(_Value):
    """Why a copy failed: what AWS said, and what that means; ``str`` gives both."""

    @property
    def cause(self) -> CopyFailureCause:
        """What it means."""

    @property
    def message(self) -> str:
        """AWS's words."""

    @property
    def code(self) -> str | None:
        """AWS's error code, where it was ``CopyImage`` that failed."""

    @property
    def mend(self) -> str:
        """What to do about it."""

@final
class CopyDifference(_Value):
    """In what a copy is not as it was to be."""

    @property
    def field(self) -> str:
        """EC2's name of it, such as ``BootMode`` or ``KmsKeyId``."""

    @property
    def wanted(self) -> str: ...
    @property
    def actual(self) -> str: ...

@final
class SettingReport(_Value):
    """Something that was set on an image, and whether it was."""

    @property
    def setting(self) -> CopySetting: ...
    @property
    def is_done(self) -> bool: ...
    @property
    def error(self) -> AwsApiError | None:
        """What AWS said, where it refused."""

    @property
    def request_id(self) -> str | None:
        """The id that AWS gave the request."""

@final
class RehearsalRequest(_Value):
    """Launches that are to be rehearsed by recipients: of which images, in which accounts.

    ``images`` are ids in ``region``, or a dict of such lists by Region. Each of the ``accounts`` is
    reached by its role (see ``Roles``), the caller's own without. ``instance_type`` is by default
    ``t3.micro`` for images of ``x86_64`` and ``t4g.micro`` for those of ``arm64``. ``subnet``, which
    every account has to see, is for accounts without a default VPC; the images are in one Region
    then. With ``copy``, copies within the Region are rehearsed too, with tags.

    Raises ``InvalidRequestError`` with everything that is wrong.
    """

    def __new__(
        cls,
        *,
        images: Iterable[str] | Mapping[str, Iterable[str]],
        accounts: Iterable[str],
        region: str | None = None,
        instance_type: str | None = None,
        subnet: str | None = None,
        copy: bool = False,
    ) -> Self: ...
    @property
    def images(self) -> dict[str, list[str]]:
        """The images by Region."""

    @property
    def accounts(self) -> list[str]: ...
    @property
    def instance_type(self) -> str | None: ...
    @property
    def subnet(self) -> str | None: ...
    @property
    def copy(self) -> bool: ...

@final
class Rehearsal(_Value):
    """What AWS answered recipients that rehearsed launches; ``str`` gives it as a table for people.

    EC2's rehearsal of ``RunInstances`` proves two things: the recipient's role may call it, and
    sees the image. It asks nothing of keys and quotas, and of subnets only that there is one. Keys
    are asked for themselves, by calls that are not EC2's: a policy that lets the key be used
    through EC2 alone (``kms:ViaService``) denies these, and lets launches pass.
    """

    @property
    def images(self) -> list[ImageRehearsal]:
        """Every image in every account, by Region, image and account."""

    @property
    def answer(self) -> Answer:
        """``no`` if any account cannot, ``unknown`` if of any it could not be told."""

    def _repr_html_(self) -> str: ...

@final
class ImageRehearsal(_Value):
    """What one account was answered about one image."""

    @property
    def region(self) -> str: ...
    @property
    def image(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def launch(self) -> Finding:
        """Whether it can launch the image, as far as its calls say."""

    @property
    def copy(self) -> Finding | None:
        """Whether it can copy the image within the Region, where that was rehearsed."""

    @property
    def visible(self) -> Finding:
        """Whether it sees the image, and the image is available."""

    @property
    def calls(self) -> list[CallFinding]:
        """What each call says."""

@final
class CallFinding(_Value):
    """What one call of a recipient says; ``str`` gives it as one line."""

    @property
    def call(self) -> RehearsedCall: ...
    @property
    def of(self) -> str:
        """The image or key that it is of, or the account's role."""

    @property
    def answer(self) -> Answer: ...
    @property
    def reason(self) -> str: ...
    @property
    def mend(self) -> str | None:
        """What would make it a yes."""

@final
class ServiceLinkedRoleRequest(_Value):
    """Grants by which services of recipients get at encrypted images.

    Auto Scaling, EC2 Fleet and Spot launch by roles of their own, which no key policy of another
    account can name; somebody in their account grants them the key. ``images`` are ids in
    ``region``, or a dict of such lists by Region; the caller owns them. The ``accounts`` are
    reached by their roles (see ``Roles``), the caller's own without. With ``diagnose`` nothing is
    written.

    Raises ``InvalidRequestError`` with everything that is wrong.
    """

    def __new__(
        cls,
        *,
        images: Iterable[str] | Mapping[str, Iterable[str]],
        accounts: Iterable[str],
        service_roles: Iterable[ServiceRole],
        region: str | None = None,
        diagnose: bool = False,
    ) -> Self: ...
    @property
    def images(self) -> dict[str, list[str]]:
        """The images by Region."""

    @property
    def accounts(self) -> list[str]: ...
    @property
    def service_roles(self) -> list[ServiceRole]: ...
    @property
    def diagnose(self) -> bool: ...

@final
class ServiceLinkedRoleReport(_Value):
    """What became of the grants for roles of services; ``str`` gives it as a table for people."""

    @property
    def grants(self) -> list[ServiceRoleGrant]:
        """Every grant, by Region, key, account and role."""

    @property
    def is_complete(self) -> bool:
        """Whether every grant is there, and was seen to be."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing had to be written."""

    def _repr_html_(self) -> str: ...

@final
class ServiceRoleGrant(_Value):
    """What became of one grant.

    KMS binds a grant to the role as it is: where the role is deleted and made again, the grant is
    still listed and opens nothing, which nobody can see from outside.
    """

    @property
    def region(self) -> str: ...
    @property
    def key(self) -> str:
        """The key's ARN."""

    @property
    def account(self) -> str:
        """The account that the grant is made by, and whose role it is for."""

    @property
    def role(self) -> ServiceRole: ...
    @property
    def grantee(self) -> str:
        """The role's ARN."""

    @property
    def statement(self) -> str | None:
        """What the key's owner would have to add to its policy, as JSON, where that may lack."""

    @property
    def outcome(self) -> RecipientOutcome:
        """What became of it; ``as_asked`` if it was so already, and nothing was written."""

    @property
    def is_good(self) -> bool:
        """Whether it is as asked for now, and was seen to be."""

    @property
    def is_written(self) -> bool: ...
    @property
    def request_id(self) -> str | None:
        """The id that AWS gave the request."""

    @property
    def because(self) -> str | None:
        """Why it is not as asked for."""

    @property
    def mend(self) -> str | None:
        """What to do about it, where that is known."""

    @property
    def finding(self) -> Finding | None:
        """What writing it would meet, where nothing was to be written."""

    @property
    def error(self) -> AwsApiError | None:
        """What AWS said, where it refused."""

@final
class ParameterRequest(_Value):
    """A parameter of Parameter Store that is to hold an image, such as ``/golden/al2023``.

    Launch templates name it as ``resolve:ssm:<name>``. ``images`` are ids by Region, one for each.
    It is written in the ``accounts`` by their roles (see ``Roles``), and in the caller's own unless
    ``own_account`` is false. With ``after``, nothing is written unless ``verify`` says of that
    share that all is as asked for; it has to name the images.

    Raises ``InvalidRequestError`` with everything that is wrong.
    """

    def __new__(
        cls,
        name: str,
        *,
        images: Mapping[str, str],
        accounts: Iterable[str] | None = None,
        own_account: bool = True,
        after: ShareRequest | None = None,
    ) -> Self: ...
    @property
    def name(self) -> str: ...
    @property
    def images(self) -> dict[str, str]:
        """The image of each Region."""

    @property
    def accounts(self) -> list[str]: ...
    @property
    def own_account(self) -> bool: ...
    @property
    def after(self) -> ShareRequest | None: ...

@final
class ParameterReport(_Value):
    """What became of a parameter in every account and Region; ``str`` gives it as a table."""

    @property
    def name(self) -> str: ...
    @property
    def parameters(self) -> list[WrittenParameter]:
        """Every account and Region, by Region and account."""

    @property
    def is_complete(self) -> bool:
        """Whether every parameter holds its image, and was seen to."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing had to be written."""

    def _repr_html_(self) -> str: ...

@final
class WrittenParameter(_Value):
    """What became of a parameter in one account and Region."""

    @property
    def region(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def image(self) -> str:
        """The image that it is to hold."""

    @property
    def before(self) -> str | None:
        """What it held before; none where there was no such parameter."""

    @property
    def version(self) -> int | None:
        """The version that holds the image now, where that was seen."""

    @property
    def outcome(self) -> RecipientOutcome:
        """What became of it; ``as_asked`` if it was so already, and nothing was written."""

    @property
    def is_good(self) -> bool:
        """Whether it is as asked for now, and was seen to be."""

    @property
    def is_written(self) -> bool: ...
    @property
    def request_id(self) -> str | None:
        """The id that AWS gave the request."""

    @property
    def because(self) -> str | None:
        """Why it is not as asked for."""

    @property
    def mend(self) -> str | None:
        """What to do about it, where that is known."""

    @property
    def finding(self) -> Finding | None:
        """What writing it would meet, where nothing was to be written."""

    @property
    def error(self) -> AwsApiError | None:
        """What AWS said, where it refused."""

@final
class RecipientTagRequest(_Value):
    """Tags of images that recipients are to see.

    Without ``accounts`` they are the owner's, under keys that start with ``ec2:SharedTag/`` (which
    is put before those that lack it), and every account sees them that an image is shared with.
    With ``accounts``, each of these tags the images for itself, by its role (see ``Roles``).
    ``images`` are ids in ``region``, or a dict of such lists by Region.

    Raises ``InvalidRequestError`` with everything that is wrong.
    """

    def __new__(
        cls,
        *,
        images: Iterable[str] | Mapping[str, Iterable[str]],
        tags: Mapping[str, str],
        accounts: Iterable[str] | None = None,
        region: str | None = None,
    ) -> Self: ...
    @property
    def images(self) -> dict[str, list[str]]:
        """The images by Region."""

    @property
    def accounts(self) -> list[str]: ...
    @property
    def tags(self) -> dict[str, str]:
        """The tags as they are written."""

@final
class RecipientTagReport(_Value):
    """What became of the tags of images, by account; ``str`` gives it as a table for people."""

    @property
    def tags(self) -> list[WrittenTags]:
        """Every image in every account, by Region, account and image."""

    @property
    def is_complete(self) -> bool:
        """Whether all tags are there, and were seen to be."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing had to be written."""

    def _repr_html_(self) -> str: ...

@final
class WrittenTags(_Value):
    """What became of the tags that one account gives one image."""

    @property
    def region(self) -> str: ...
    @property
    def account(self) -> str:
        """The account that tags."""

    @property
    def image(self) -> str: ...
    @property
    def written(self) -> dict[str, str]:
        """The tags that were to be written, as they were not there so."""

    @property
    def replaced(self) -> dict[str, str]:
        """What tags of the same keys were before."""

    @property
    def outcome(self) -> RecipientOutcome:
        """What became of it; ``as_asked`` if it was so already, and nothing was written."""

    @property
    def is_good(self) -> bool:
        """Whether it is as asked for now, and was seen to be."""

    @property
    def is_written(self) -> bool: ...
    @property
    def request_id(self) -> str | None:
        """The id that AWS gave the request."""

    @property
    def because(self) -> str | None:
        """Why it is not as asked for."""

    @property
    def mend(self) -> str | None:
        """What to do about it, where that is known."""

    @property
    def finding(self) -> Finding | None:
        """What writing it would meet, where nothing was to be written."""

    @property
    def error(self) -> AwsApiError | None:
        """What AWS said, where it refused."""

@final
class UsageRequest(_Value):
    """A question of an owner: which accounts use the images, and how much.

    ``images`` are ids in ``region``, or a dict of such lists by Region. Asked about are all
    accounts, or up to 200 ``accounts``. Reports are waited for 15 minutes, or ``time_limit``.

    Raises ``InvalidRequestError`` with everything that is wrong.
    """

    def __new__(
        cls,
        *,
        images: Iterable[str] | Mapping[str, Iterable[str]],
        accounts: Iterable[str] | None = None,
        region: str | None = None,
        time_limit: timedelta | None = None,
    ) -> Self: ...
    @property
    def images(self) -> dict[str, list[str]]:
        """The images by Region."""

    @property
    def accounts(self) -> list[str]: ...
    @property
    def time_limit(self) -> timedelta: ...

@final
class ImageUsageReport(_Value):
    """Which accounts use images, and how much; ``str`` gives it as a table for people."""

    @property
    def images(self) -> list[UsedImage]:
        """Every image, by Region and id."""

    @property
    def is_complete(self) -> bool:
        """Whether EC2 told all that was asked."""

    def hurt_by(self, request: ShareRequest) -> list[Hurt]:
        """Who would be hurt by a request that takes access away: the accounts that use its images.

        A guard before a revoke: carry it out where nobody is named here. Instances that run go on
        running; what launches new ones fails. Nothing is called.
        """

    def _repr_html_(self) -> str: ...

@final
class UsedImage(_Value):
    """Who uses one image."""

    @property
    def region(self) -> str: ...
    @property
    def image(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def last_launched(self) -> datetime | None:
        """When anybody last launched it, as far as EC2 tells; up to 24 hours late."""

    @property
    def report(self) -> str | None:
        """The id of EC2's report, which EC2 keeps for 30 days; none where it made none."""

    @property
    def asked(self) -> list[str]:
        """The accounts that were asked about; none for all."""

    @property
    def usage(self) -> list[ImageUsage] | None:
        """Who uses it, the owner too; none where that is not known."""

    @property
    def because(self) -> str | None:
        """Why it is not known who uses it."""

@final
class ImageUsage(_Value):
    """How much an account uses an image."""

    @property
    def account(self) -> str: ...
    @property
    def resource_type(self) -> str:
        """What uses it, such as ``ec2:Instance`` or ``ec2:LaunchTemplate``."""

    @property
    def count(self) -> int: ...
    @property
    def counted(self) -> datetime | None:
        """When EC2 counted."""

@final
class Hurt(_Value):
    """An account that uses an image which it would lose; ``str`` gives it as one line."""

    @property
    def region(self) -> str: ...
    @property
    def image(self) -> str: ...
    @property
    def account(self) -> str | None:
        """The account; none where it is not known who uses the image."""

    @property
    def usage(self) -> list[ImageUsage]:
        """What it uses the image with."""

    @property
    def answer(self) -> Answer:
        """``unknown`` where it hangs on who belongs to an organization or OU, or was not read."""

    @property
    def because(self) -> str: ...

@final
class Distribution(_Value):
    """Which image goes to whom, where and how, as a file says it.

    ``examples/distributions`` has files and the schema with which editors complete them. One that
    exists is right as far as that can be known without asking AWS. The external id of its roles is
    in ``to_json``, ``to_dict`` and pickles, and never shown.

    All that read one raise ``DistributionError`` with everything that is wrong.
    """

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Distribution:
        """The distribution of a file in ``.yaml``, ``.yml``, ``.json`` or ``.toml``."""

    @classmethod
    def from_yaml(cls, text: str) -> Distribution: ...
    @classmethod
    def from_toml(cls, text: str) -> Distribution: ...
    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Distribution:
        """The distribution that a dict stands for, as a file in JSON would."""

    @classmethod
    def from_image_builder(cls, text: str) -> Imported:
        """What a distribution configuration of EC2 Image Builder says, in JSON.

        As ``aws imagebuilder get-distribution-configuration`` prints it, or as CloudFormation's
        ``AWS::ImageBuilder::DistributionConfiguration``, alone or in a template.
        """

    @classmethod
    def from_packer(cls, text: str) -> Imported:
        """What a Packer template, in HCL or JSON, says about sharing the image that it builds.

        Its first source of type ``amazon-ebs`` is read.
        """

    @property
    def image(self) -> dict[str, Any]:
        """The image that is distributed, or how it is found, as the file says it."""

    @property
    def image_region(self) -> str:
        """The Region of the image that is distributed."""

    @property
    def regions(self) -> list[str]:
        """The Regions in which recipients get the image."""

    @property
    def copy_regions(self) -> list[str]:
        """The Regions into which the owner copies the image first."""

    @property
    def recipients(self) -> list[str]:
        """Who gets the image, with groups resolved."""

    @property
    def recipients_get(self) -> RecipientsGet: ...
    @property
    def keys(self) -> dict[str, Any]:
        """The keys of copies, as the file says them; empty if it does not."""

    @property
    def tags(self) -> dict[str, Any]:
        """The tags that are written, as the file says them; empty if it does not."""

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters that get the image's id, as the file says them; empty if it does not."""

    @property
    def predecessors(self) -> dict[str, Any] | None:
        """The older images, as the file says them; none if it does not."""

    @property
    def protection(self) -> dict[str, Any]:
        """Deregistration protection and deprecation, as the file says them; empty if it does not."""

    def role_of(self, account: str) -> str | None:
        """The role of an account: its own, or the one that the template makes."""

@final
class DistributionProblem(_Value):
    """One thing that is wrong with a distribution, and where; ``str`` gives it without the line."""

    @property
    def line(self) -> int | None:
        """The line, counted from 1, if there is a text."""

    @property
    def field(self) -> str:
        """The way to the field, such as ``recipients.accounts[3]``; empty for all of it."""

    @property
    def problem(self) -> str:
        """What is wrong with it."""

    @property
    def expected(self) -> str | None:
        """What was expected instead."""

    @property
    def nearest(self) -> str | None:
        """The valid key, or word, that is nearest to what was written."""

@final
class Imported(_Value):
    """What could be taken over from another tool's file, and what could not.

    Nothing is made up: where the file does not say which image it is about, or by which role
    recipients are reached, the draft lacks it.
    """

    @property
    def draft(self) -> dict[str, Any]:
        """What was taken over; complete it and give it to ``Distribution.from_dict``."""

    @property
    def not_taken(self) -> list[NotTaken]:
        """What was not, in the order of the file."""

    def build(self) -> Distribution:
        """The draft as it is; raises ``DistributionError`` for what it lacks."""

@final
class NotTaken(_Value):
    """A field of another tool's file that was not taken over."""

    @property
    def field(self) -> str:
        """The way to the field in that file, such as ``builders[0].ami_groups``."""

    @property
    def why(self) -> str:
        """Why not, and what could be done instead."""

@final
class DistributionPlan(_Value):
    """What a distribution would do now, and the shards that do it; ``str`` gives it as text."""

    @property
    def distribution(self) -> Distribution: ...
    @property
    def caller(self) -> str:
        """The account that calls, and owns the image."""

    @property
    def image(self) -> str:
        """The image that is distributed."""

    @property
    def accounts(self) -> list[str]:
        """The recipient accounts, where they had to be known one by one."""

    @property
    def shards(self) -> list[Shard]:
        """The parts, in the order of their stages: those of one stage may run side by side.

        What the last stage does is known when the others have run: see ``finishing``.
        """

    @property
    def owner_copies(self) -> CopyPlan | None:
        """The copies that the owner makes in other Regions, if any."""

    @property
    def shares(self) -> dict[str, Plan]:
        """How images that are there are shared, or opened to those who copy them, by Region."""

    @property
    def left_open(self) -> list[str]:
        """The Regions whose image a run that died left open for copies; they are closed at the end."""

    @property
    def services(self) -> dict[str, Plan]:
        """How keys are opened to services of accounts that belong to groups, by Region."""

    @property
    def recipient_copies(self) -> dict[str, CopyPlan]:
        """The copies that recipients make of images that are there already, by Region."""

    @property
    def settings(self) -> dict[str, list[CopySetting]]:
        """What else the owner's images lack that are there already, by Region."""

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The owner's parameters that do not hold images that are there already, by Region."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do, as far as that can be seen without trying.

        What recipients' shards do beside copying is seen when they run.
        """

    def _repr_html_(self) -> str: ...
    def finishing(self, reports: Iterable[ShardReport]) -> list[Shard]:
        """The shards of the last stage, when those before have run.

        Reports may come in any order, several of one shard among them.
        """

    def report(self, reports: Iterable[ShardReport]) -> DistributionReport:
        """The report of the whole plan, from those of its shards, in any order.

        A shard that has no report is told of as one that was not run: so nothing is complete where
        a part is missing.
        """

@final
class Shard(_Value):
    """One part of a distribution: the work of one account in one Region; ``str`` names it.

    It is data: run it anywhere where the owner's credentials are, and again after it failed or its
    worker died. What is done already is found and left alone. Those of a later stage need what the
    earlier ones of their Region did.
    """

    @property
    def stage(self) -> Stage: ...
    @property
    def account(self) -> str:
        """The account that works: the owner's, or a recipient's by its role."""

    @property
    def region(self) -> str: ...
    @property
    def image(self) -> str:
        """The image that is distributed, in its own Region."""

    @property
    def name(self) -> str:
        """Its name; its id, where it has none."""

    @property
    def accounts(self) -> list[str]:
        """The accounts that get the image or a copy, where they had to be known one by one."""

    @property
    def close(self) -> list[str]:
        """Those from which the launch permission that was opened for copies is taken again."""

    @property
    def close_snapshots(self) -> dict[str, list[str]]:
        """Snapshots that were opened for copies, and for whom they are closed again."""

    @property
    def deprecates(self) -> bool:
        """Whether predecessors are deprecated, since all else in the Region was done."""

    @property
    def date(self) -> str:
        """The date of the distribution, ``YYYY-MM-DD``."""

    @property
    def distribution(self) -> Distribution: ...

@final
class ShardReport(_Value):
    """What became of one shard; ``str`` gives it as text for people."""

    @property
    def shard(self) -> Shard:
        """The shard, so that it can be run again."""

    @property
    def image(self) -> str | None:
        """The image that it worked on: the owner's in the Region, or the recipient's copy."""

    @property
    def copy(self) -> CopyResult | None:
        """The copy that it made or found, where it is one."""

    @property
    def settings(self) -> list[SettingReport]:
        """What was set on the image."""

    @property
    def shared(self) -> list[Report]:
        """How the image was shared, or what was closed."""

    @property
    def written(self) -> list[ParameterReport | RecipientTagReport | ServiceLinkedRoleReport]:
        """What was written for recipients, or for the owner in its parameters."""

    @property
    def rehearsal(self) -> Rehearsal | None:
        """Whether the account could launch the image, where that was rehearsed."""

    @property
    def predecessors(self) -> list[str]:
        """The older images that were deprecated, or would be."""

    @property
    def tagged(self) -> list[str]:
        """The request ids of the tags that told what was open for copies, written and taken away."""

    @property
    def problems(self) -> list[str]:
        """What went wrong beside the parts above, in words; ``all_problems`` has theirs too."""

    @property
    def all_problems(self) -> list[str]:
        """All that went wrong, in words, in any of the parts."""

    @property
    def started(self) -> datetime: ...
    @property
    def ended(self) -> datetime: ...
    @property
    def is_complete(self) -> bool:
        """Whether all of it was done."""

    @property
    def writes(self) -> int:
        """How many writes it made."""

    def _repr_html_(self) -> str: ...

@final
class DistributionReport(_Value):
    """What became of a distribution: the reports of its shards; ``str`` gives it as a table."""

    @staticmethod
    def merge(reports: Iterable[ShardReport]) -> DistributionReport:
        """The report of these shards, in any order.

        Where a shard was run again, the report that ended last counts. Nothing is said of shards
        that have no report: ``DistributionPlan.report`` tells of them.
        """

    @property
    def shards(self) -> list[ShardReport]:
        """The reports of the shards, in the order of their stages."""

    @property
    def is_complete(self) -> bool:
        """Whether all was done."""

    @property
    def failed(self) -> list[Shard]:
        """The shards that were not all done: what ``retry_distribution`` runs again."""

    def manifest(self) -> Manifest:
        """The results as rows, for other tools."""

    def _repr_html_(self) -> str: ...

@final
class Manifest(_Value):
    """The results of a distribution as rows; ``str`` gives them as indented JSON."""

    @property
    def rows(self) -> list[ManifestRow]:
        """One row for each image of each account and Region."""

@final
class ManifestRow(_Value):
    """One image of a distribution."""

    @property
    def account(self) -> str:
        """The account that owns the image."""

    @property
    def region(self) -> str: ...
    @property
    def image(self) -> str | None:
        """The image; none where its copy failed."""

    @property
    def snapshots(self) -> list[str]:
        """Its snapshots, where it is a copy."""

    @property
    def key(self) -> str | None:
        """The key that it is encrypted under, where it is a copy and one was given."""

    @property
    def state(self) -> Literal["complete", "incomplete"]: ...
    @property
    def shared_with(self) -> list[str]:
        """Who it is shared with by this distribution."""

    @property
    def started(self) -> datetime: ...
    @property
    def ended(self) -> datetime: ...
    @property
    def request_ids(self) -> list[str]:
        """The ids that AWS gave the requests that wrote."""

    @property
    def problems(self) -> list[str]:
        """All that went wrong, in words."""

@final
class DistributionVerification(_Value):
    """What a distribution asks for against what is there; ``str`` gives it as a table."""

    @property
    def shares(self) -> list[tuple[str, Verification]]:
        """The owner's image in each Region: who can launch it, layer by layer."""

    @property
    def copies(self) -> list[CopyCheck]:
        """The copies: the owner's in other Regions, and the recipients'."""

    @property
    def missing(self) -> list[str]:
        """What else is missing, in words: tags, protection, deprecation, parameters."""

    @property
    def unknown(self) -> list[str]:
        """What of the distribution was not looked at, in words: ``answer`` is never ``yes`` then."""

    @property
    def rehearsal(self) -> Rehearsal | None:
        """Whether recipients could launch what they get, where that is rehearsed; ``answer`` counts it."""

    @property
    def answer(self) -> Answer:
        """Whether everything is as asked for: ``unknown`` where that could not be told."""

    @property
    def is_ok(self) -> bool:
        """Whether everything is as asked for, and was seen to be."""

    def _repr_html_(self) -> str: ...

@final
class CopyCheck(_Value):
    """Whether a copy is there."""

    @property
    def account(self) -> str:
        """The account that owns it."""

    @property
    def region(self) -> str: ...
    @property
    def image(self) -> str | None:
        """The copy, if it is there and available."""

    @property
    def missing(self) -> list[str]:
        """What it lacks, in words."""

    @property
    def is_ok(self) -> bool:
        """Whether it is there and lacks nothing."""

@final
class Plan(_Value):
    """What is to be done, why, and for which world; ``str`` gives it as text for people.

    Steps of one image are in order: when sharing, keys and snapshots open before the launch
    permission; when revoking, the launch permission closes first and keys last. Tags come after
    the launch permission.
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

    def caller_iam_policy(self) -> str:
        """The identity policy that a role needs to make, apply and read back this plan, as JSON.

        Each action is allowed on exactly the images, snapshots and keys of the plan, where AWS
        takes resources. A key policy can stand in the way all the same: it has to leave the key to
        its account.
        """

    def _repr_html_(self) -> str: ...

@final
class Step(_Value):
    """One call that a plan makes."""

    @property
    def region(self) -> str: ...
    @property
    def image(self) -> str | None:
        """The image it belongs to; none for keys and tags, which are of many images at once."""

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
        """The images, snapshots and keys that it changes."""

    @property
    def added(self) -> list[str]:
        """The principals that get access by it.

        Those of a key are accounts, ARNs of roles, users and organizations, and paths of OUs; that
        of a grant is an ARN.
        """

    @property
    def removed(self) -> list[str]:
        """The principals that lose access by it."""

    @property
    def key(self) -> str | None:
        """The ARN of the key that it opens or closes."""

    @property
    def diff(self) -> str | None:
        """What changes in the key policy as it was read, for people; of ``PutKeyPolicy`` only."""

    @property
    def grant_name(self) -> str | None:
        """The name of the grant; of ``CreateGrant`` and ``RevokeGrant`` only."""

    @property
    def grant_operations(self) -> list[str]:
        """What the grant allows, such as ``Decrypt``."""

    @property
    def tags(self) -> dict[str, str]:
        """The tags that it puts on or takes off."""

@final
class Notice(_Value):
    """Something that the reader of a plan or report should know."""

    @property
    def kind(self) -> str:
        """Such as ``key_still_needed``; ``to_dict`` gives all that belongs to it."""

    @property
    def message(self) -> str: ...
    @property
    def key(self) -> str | None:
        """The ARN of the key that it is about."""

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

    def verification(self) -> Verification | None:
        """Desired against actual, by what reading back showed: no further call is made.

        None for a report from JSON or a pickle; ``Sharer.verify`` reads everything anew.
        """

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
    def layers(self) -> list[LayerFinding]:
        """What each layer says, for each snapshot and key; see ``ami_share.types.AccessLayer``."""

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
class LayerFinding(_Value):
    """What one layer of access says; ``str`` gives it as one line."""

    @property
    def layer(self) -> AccessLayer: ...
    @property
    def of(self) -> str:
        """The image, snapshot or key that it is of."""

    @property
    def answer(self) -> Answer: ...
    @property
    def reason(self) -> str:
        """Why, with the statement or grant that decides."""

    @property
    def mend(self) -> str | None:
        """What would turn it into a yes, where that is known."""

@final
class Event(_Value):
    """Something that happened while a plan was applied; ``str`` gives it as one line.

    Its ``kind`` says which of the attributes are there; the others are none:

    - ``started``: ``steps``;
    - ``step_started``: ``step``, ``region``, ``operation``, and ``image`` if it belongs to one;
    - ``waiting``: ``resource`` and ``delay``, when a write does not show yet;
    - ``step_finished``: ``step``, ``outcome``, and ``because`` if it was not done;
    - ``finished``: ``done`` and ``steps``;
    - ``copies_started``: ``copies``;
    - ``copy_started``: ``account``, ``region`` and ``image``;
    - ``copy_progress``: the same, and ``percent``;
    - ``copy_finished``: the same, ``outcome``, and ``because`` if there is no copy;
    - ``copies_finished``: ``done`` and ``copies``.
    """

    @property
    def kind(
        self,
    ) -> Literal[
        "started",
        "step_started",
        "waiting",
        "step_finished",
        "finished",
        "copies_started",
        "copy_started",
        "copy_progress",
        "copy_finished",
        "copies_finished",
    ]: ...
    @property
    def step(self) -> int | None:
        """The step's place in the plan, from 0."""

    @property
    def steps(self) -> int | None:
        """How many steps the plan has."""

    @property
    def done(self) -> int | None:
        """How many steps were done, or how many copies are as asked for."""

    @property
    def copies(self) -> int | None:
        """How many copies there are to be."""

    @property
    def account(self) -> str | None:
        """The account that owns the copy."""

    @property
    def percent(self) -> int | None:
        """How far the copy's snapshots are, 0 to 100."""

    @property
    def region(self) -> str | None: ...
    @property
    def image(self) -> str | None: ...
    @property
    def operation(self) -> str | None: ...
    @property
    def resource(self) -> str | None:
        """The image, snapshot or key."""

    @property
    def delay(self) -> float | None:
        """In how many seconds it is read again."""

    @property
    def outcome(self) -> Outcome | CopyOutcome | None: ...
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
        """Such as ``key_aws_managed`` or ``not_owner``; ``to_dict`` gives all of it."""

    @property
    def message(self) -> str:
        """What is wrong."""

    @property
    def mend(self) -> str:
        """What to do about it."""

    @property
    def image(self) -> str | None:
        """The image that it is about, if it is about one."""

    @property
    def images(self) -> list[str]:
        """The images that it is about: the one, or all that the key encrypts."""

    @property
    def key(self) -> str | None:
        """The ARN of the key that it is about."""

    @property
    def region(self) -> str | None: ...

@final
class CopyRefusal(_Value):
    """One reason why an image is not copied in the world as it is."""

    @property
    def kind(self) -> str:
        """Such as ``key_missing`` or ``no_role``; ``to_dict`` gives all that belongs to it."""

    @property
    def message(self) -> str:
        """What is wrong."""

    @property
    def mend(self) -> str:
        """What to do about it."""

    @property
    def account(self) -> str | None: ...
    @property
    def region(self) -> str | None: ...
    @property
    def image(self) -> str | None: ...
    @property
    def key(self) -> str | None:
        """The key that it is about: its ARN, or how it is named."""

@final
class Change(_Value):
    """A difference between the world that a plan was made for and the world now."""

    @property
    def kind(self) -> str:
        """Such as ``permissions``; ``to_dict`` gives all that belongs to it."""

    @property
    def message(self) -> str: ...
    @property
    def key(self) -> str | None:
        """The ARN of the key that changed."""

@final
class KeyPolicy:
    """A key policy as text that is known to be one; ``str`` gives it exactly as it was read.

    Equal are policies with the same text. Statements of ours are those with a Sid of ``AmiShare``,
    a capital letter, and letters and digits; all others are never touched.

    ``patched``, ``patched_with`` and ``key_policy_for_sharing`` take who may use the key for shared
    images:

    - ``accounts``: 12-digit ids; the administrators of each decide who there may use the key;
    - ``iam_principals``: ARNs of roles and users; KMS refuses one that does not exist;
    - ``organizations``: full ARNs; all accounts of them, later ones too;
    - ``organizational_units``: paths ``o-…/r-…/ou-…/`` from the organization down, as
      ``aws:PrincipalOrgPaths`` has them; all accounts in and below them;

    and how:

    - ``service_roles``: service-linked roles of their own accounts that they may make grants for;
    - ``via_ec2_in``: a Region; then the key can be used through EC2 there only;
    - ``key``: the ARN of the key that the policy belongs to, by which it is checked that its own
      account can still change the policy.

    They get what EBS needs and no more (``kms:DescribeKey``, ``Decrypt``, ``ReEncryptFrom``,
    ``ReEncryptTo``, ``GenerateDataKeyWithoutPlaintext``, and ``CreateGrant`` for AWS services):
    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html

    All raise ``InvalidRequestError`` for ids that cannot be read, and ``PatchRefusedError`` if KMS
    would refuse the policy (larger than 32,768 bytes, a deleted role or user in it, nobody left who
    could change it) or if it would do harm.
    """

    @staticmethod
    def parse(text: str) -> KeyPolicy:
        """Read a key policy, as ``GetKeyPolicy`` gives it.

        Raises ``InvalidPolicyError`` with the line and column for what KMS would refuse by its form
        alone: text that is not JSON, characters outside its set, a member given twice, members that
        no policy has, values of the wrong type.
        """

    @property
    def size(self) -> int:
        """The size in bytes; KMS takes 32,768 at most."""

    @property
    def version(self) -> Literal["2008-10-17", "2012-10-17"]:
        """The version of the policy language; the older one where none is given."""

    @property
    def id(self) -> str | None: ...
    @property
    def statements(self) -> list[PolicyStatement]: ...
    def shared_with(self) -> list[str]:
        """Whom our statements name: accounts, ARNs of roles and users, organization ids, OU paths.

        Raises ``PatchRefusedError`` of kind ``edited_statements`` if they are not as we write them.
        """

    def patched(
        self,
        *,
        accounts: Iterable[str] | None = None,
        iam_principals: Iterable[str] | None = None,
        organizations: Iterable[str] | None = None,
        organizational_units: Iterable[str] | None = None,
        service_roles: Iterable[ServiceRole] | None = None,
        via_ec2_in: str | None = None,
        key: str | None = None,
    ) -> PatchedPolicy:
        """The policy with exactly these recipients in our statements; without any, none is left.

        What already means the same to KMS stays as it is; if all does, the text is the very same.
        """

    def patched_with(
        self,
        *,
        accounts: Iterable[str] | None = None,
        iam_principals: Iterable[str] | None = None,
        organizations: Iterable[str] | None = None,
        organizational_units: Iterable[str] | None = None,
        service_roles: Iterable[ServiceRole] | None = None,
        via_ec2_in: str | None = None,
        key: str | None = None,
    ) -> PatchedPolicy:
        """The policy with these recipients beside those that our statements name already.

        Raises ``PatchRefusedError`` of kind ``edited_statements`` as ``shared_with`` does.
        """

    def patched_without(
        self,
        *,
        accounts: Iterable[str] | None = None,
        iam_principals: Iterable[str] | None = None,
        organizations: Iterable[str] | None = None,
        organizational_units: Iterable[str] | None = None,
        key: str | None = None,
    ) -> PatchedPolicy:
        """The policy without these recipients; who is not among them stays.

        Raises ``PatchRefusedError`` of kind ``edited_statements`` as ``shared_with`` does.
        """

    def without_ours(self) -> PatchedPolicy:
        """The policy without any statement of ours: the text from before the first was put in."""

    def diff(self, after: KeyPolicy) -> PolicyDiff:
        """What differs in ``after``, for people."""

    def is_equivalent_to(self, other: KeyPolicy) -> bool:
        """Whether both mean the same to KMS, which stores its own rendering of a policy."""

    def lint(
        self,
        *,
        trusted_accounts: Iterable[str] | None = None,
        trusted_organizations: Iterable[str] | None = None,
    ) -> list[LintFinding]:
        """What is suspicious, statement by statement.

        With a list of trusted accounts (ids) or organizations (ARNs), also who is allowed something
        and is on neither.
        """

    def evaluate(
        self,
        *,
        principal: str,
        action: str,
        key: str,
        session_name: str | None = None,
        context: Mapping[str, ContextValue] | None = None,
        context_is_complete: bool = False,
        encryption_context: Mapping[str, str] | None = None,
        not_given: NotGiven = "unknown",
        identity_policies: Iterable[PolicyDocument] | NotGiven | None = None,
        boundary: PolicyDocument | NotGiven | None = None,
        session_policies: Iterable[PolicyDocument] | NotGiven | None = None,
        service_control_policies: Iterable[Iterable[PolicyDocument]] | NotGiven | None = None,
        resource_control_policies: Iterable[Iterable[PolicyDocument]] | NotGiven | None = None,
        grants: Iterable[Mapping[str, Any]] | NotGiven | None = None,
        key_state: KeyState | Literal["unknown"] | None = None,
    ) -> Decision:
        """Whether a call on the key with this policy is allowed, and why.

        ``principal`` is the ARN of a user, role, role session, federated user or root; or 12 digits
        for an account's root, a service such as ``ec2.amazonaws.com``, or ``anonymous``. A role
        with its path and a ``session_name`` says more than the ARN of its session without the path.
        ``key`` is the key's ARN; its account is the owner.

        ``context`` has condition keys with a value, a list of values, or ``None`` for a key that
        the request does not have. Keys that follow from the principal and the key need not be
        there. What else is not there is unknown, unless ``context_is_complete``.
        ``encryption_context`` is the whole of it.

        The other arguments are layers of permissions. Policies are JSON text or dicts. Service and
        resource control policies are lists by level, root first. Grants are dicts as boto3's
        ``list_grants`` gives them. A layer can be ``"unknown"``, or ``"none"`` if there is none of
        the kind; ``not_given`` says which of the two goes for layers that are left out, where
        ``"none"`` makes the key ``Enabled``.

        The answer is ``unknown`` when it hangs on something that is not known. Nothing is asked of
        AWS. Raises ``InvalidRequestError`` for arguments that cannot be read, and
        ``InvalidPolicyError`` for other policies that cannot.
        """

    def to_dict(self) -> dict[str, Any]:
        """The policy as a dict."""

    def _repr_html_(self) -> str: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]: ...

@final
class PolicyStatement(_Value):
    """A statement of a key policy; ``str`` gives it as it stands there."""

    @property
    def index(self) -> int:
        """Where it stands among the statements, from 0."""

    @property
    def sid(self) -> str | None: ...
    @property
    def is_ours(self) -> bool:
        """Whether it is ours, by its Sid."""

@final
class PatchedPolicy(_Value):
    """A key policy with the wanted statements in it; ``str`` says what that changed."""

    @property
    def policy(self) -> KeyPolicy:
        """The policy to write."""

    @property
    def before(self) -> KeyPolicy:
        """The policy as it was found."""

    @property
    def added(self) -> list[str]:
        """The Sids of the statements that are new."""

    @property
    def changed(self) -> list[str]:
        """The Sids of the statements that are other ones now."""

    @property
    def removed(self) -> list[str]:
        """The Sids of the statements that are gone."""

    @property
    def is_unchanged(self) -> bool:
        """Whether there is nothing to write."""

    @property
    def administration(self) -> Literal["kept", "unknown", "untouched"]:
        """Whether the key's account can still change it; ``untouched`` if unchanged."""

    @property
    def administration_reason(self) -> str: ...
    @property
    def diff(self) -> PolicyDiff: ...
    def _repr_html_(self) -> str: ...

@final
class PolicyDiff(_Value):
    """What differs between two key policies; ``str`` gives it as text for people.

    Compared is what the statements mean, so that KMS's own rendering makes no difference.
    """

    @property
    def before(self) -> KeyPolicy: ...
    @property
    def after(self) -> KeyPolicy: ...
    @property
    def is_empty(self) -> bool:
        """Whether both mean the same."""

    @property
    def summary(self) -> str:
        """One line that says how many statements differ."""

    @property
    def lines(self) -> list[tuple[Literal["+", "-", "~", " "], str]]:
        """Each line behind its mark: added, removed, changed, or as it was."""

    def _repr_html_(self) -> str: ...

@final
class LintFinding(_Value):
    """Something suspicious in a statement; ``str`` says where and what."""

    @property
    def statement(self) -> int:
        """Where the statement stands, from 0."""

    @property
    def sid(self) -> str | None: ...
    @property
    def kind(self) -> str:
        """What kind of problem it is.

        ``dead_principal``, ``no_effect``, ``old_variable``, ``open_to_the_world``,
        ``repeated_key``, ``repeated_sid``, ``unknown_key``, ``unknown_operator``, ``untrusted`` or
        ``other``.
        """

    @property
    def message(self) -> str: ...
    @property
    def mend(self) -> str:
        """What to do about it."""

@final
class Decision(_Value):
    """What becomes of a call, and why; true only if it is allowed for certain."""

    @property
    def verdict(self) -> Verdict: ...
    @property
    def access(self) -> Access:
        """What the key policy answers by itself.

        ``direct``: it allows the caller, which is enough in the key's own account; ``account``: it
        allows the caller's account, whose own policies decide; ``deny``; ``none``: it does not
        speak of the call; ``unknown``.
        """

    @property
    def reasons(self) -> list[DecisionReason]:
        """The statements and layers that decide."""

    @property
    def is_allowed(self) -> bool:
        """Whether it is allowed for certain."""

    @property
    def is_denied_explicitly(self) -> bool:
        """Whether a statement denies it, which nothing else can mend."""

    def __bool__(self) -> bool: ...
    def _repr_html_(self) -> str: ...

@final
class DecisionReason(_Value):
    """One reason of a decision; ``str`` gives all of it in one line."""

    @property
    def layer(self) -> str:
        """The layer that speaks.

        ``boundary``, ``grants``, ``identity``, ``key_policy``, ``key_state``, ``resource_control``,
        ``service_control``, ``session`` or ``other``.
        """

    @property
    def policy(self) -> int | None:
        """Which of the layer's policies, levels or grants, from 0."""

    @property
    def statement(self) -> int | None:
        """Which of the policy's statements, from 0."""

    @property
    def sid(self) -> str | None:
        """The statement's Sid, or the id of the grant."""

    @property
    def kind(self) -> str:
        """What it says.

        ``allows``, ``denies``, ``condition_fails``, ``nothing_allows``, ``key_state``,
        ``root_user``, ``unclear`` or ``other``.
        """

    @property
    def operator(self) -> str | None:
        """The operator of the condition that it hangs on."""

    @property
    def condition_key(self) -> str | None:
        """The key of the condition that it hangs on."""

    @property
    def message(self) -> str: ...

def key_policy_for_sharing(
    owner: str,
    *,
    accounts: Iterable[str] | None = None,
    iam_principals: Iterable[str] | None = None,
    organizations: Iterable[str] | None = None,
    organizational_units: Iterable[str] | None = None,
    service_roles: Iterable[ServiceRole] | None = None,
    via_ec2_in: str | None = None,
    key: str | None = None,
) -> KeyPolicy:
    """The policy for a new key: the account ``owner`` administers it, and these may use it.

    Its first statement is the one that KMS gives to a new key by default. For the other arguments
    and the errors see ``KeyPolicy``.
    """

def recipient_iam_policy(
    *,
    keys: Iterable[str] | None = None,
    images: Iterable[str] | None = None,
    copy: bool = False,
) -> str:
    """The identity policy for a role or user of a recipient's account, as JSON.

    It allows what EBS needs of the ``keys`` (ARNs: those of the images, and the recipient's own
    that copies are encrypted with), ``ec2:RunInstances`` from the ``images`` or from all, and
    ``ec2:CopyImage`` if ``copy`` is set. Tags on launch, instance profiles (``iam:PassRole``) and
    describing calls are not in it.
    """

def caller_iam_policy(needs: Iterable[tuple[str, str]]) -> str:
    """The identity policy for pairs of an API action and a resource (an ARN, or ``*``), as JSON.

    Each action is allowed on exactly the resources that it is paired with. Raises
    ``InvalidRequestError`` for what is not an action, or neither an ARN nor ``*``.
    """

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
        encrypted_with: Iterable[str] | None = None,
        encrypted_by_aws: int = 0,
        instance_store: bool = False,
        product_codes: Iterable[str] | None = None,
        tags: Mapping[str, str] | None = None,
        state: str = "available",
    ) -> str:
        """A new image that is shared with nobody; gives its id.

        Each of ``snapshots`` is not encrypted; each of ``encrypted_snapshots`` is under the
        owner's key ``alias/golden-images``, a customer managed one with the default policy; for
        each ARN in ``encrypted_with`` there is one under that key; each of ``encrypted_by_aws`` is
        under the AWS managed key ``alias/aws/ebs``, so that the image cannot be shared. If no
        snapshot is named, it has one that is not encrypted, or none with instance store.
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

    def set_faults(self, faults: Mapping[str, Any] | str) -> None:
        """Let calls go wrong from now on, instead of what was set before; ``{}`` for none.

        Given is what a world file has as ``faults``, as a dict or JSON text: ``latency``,
        ``throttling``, ``buckets``, ``staleness``, ``copies``, ``reports``, ``seed``, and ``calls``,
        such as ``[{"operation": "CreateTags", "call": [1], "failure": "answer_lost"}]``. A sharer
        of this world does not try again: it answers as a client that has given up.
        """

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""

    def set_time(self, now: datetime) -> None:
        """Set what time it is, with a time zone; 2026-01-01 in UTC when the world is made."""

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

    def can_launch_as(self, region: str, principal: str, image: str) -> Judgement:
        """Whether a role or user, given its ARN, could launch the image now.

        Its own policies have to allow ``ec2:RunInstances``, and each key has to be open to it.
        """

    def can_copy_as(self, region: str, principal: str, image: str) -> Judgement:
        """Whether a role or user, given its ARN, could copy the image now."""

    def create_key(
        self,
        region: str,
        account: str,
        *,
        policy: KeyPolicy | PolicyDocument | None = None,
        description: str = "",
        external: bool = False,
        multi_region: bool = False,
        tags: Mapping[str, str] | None = None,
    ) -> str:
        """A new customer managed key of an account; gives its ARN.

        It is a symmetric encryption key under the default key policy, unless one is given. An
        ``external`` one is ``PendingImport`` until its state is set.
        """

    def replicate_key(self, key: str, region: str) -> str:
        """A replica of a multi-Region key in another Region, under the default key policy."""

    def aws_ebs_key(self, region: str, account: str) -> str:
        """The AWS managed key ``alias/aws/ebs`` of an account in a Region."""

    def create_alias(self, name: str, key: str) -> None:
        """Let a name, such as ``alias/golden``, stand for a key in its account and Region."""

    def put_key_policy(self, key: str, policy: KeyPolicy | PolicyDocument) -> None:
        """Put a key policy, also one that locks everybody out; readers see it at once."""

    def key_policy(self, key: str) -> KeyPolicy | None:
        """The key policy as it is stored, without any delay; none if there is no such key."""

    def create_grant(self, key: str, grantee: str, operations: Iterable[str]) -> str:
        """A grant by the key's account, to an ARN, of operations such as ``Decrypt``; its id."""

    def grants(self, key: str) -> list[dict[str, Any]]:
        """The grants of a key, without any delay, as ``ListGrants`` has them."""

    def keys(self) -> list[str]:
        """The keys of all accounts, AWS managed keys among them."""

    def key_state(self, key: str) -> KeyState | None:
        """The state of a key; none if there is no such key."""

    def set_key_state(self, key: str, state: KeyState) -> None:
        """Put a key into a state; ``PendingDeletion`` is for 30 days, and then the key is gone."""

    def set_grant_quota(self, grants: int) -> None:
        """Set how many grants a key can have; 50,000 until then."""

    def create_role(
        self, account: str, name: str, trust_policy: PolicyDocument | None = None
    ) -> str:
        """A new role without permissions; gives its ARN.

        Without a ``trust_policy`` its own account may assume it.
        """

    def put_role_policy(self, role: str, name: str, policy: PolicyDocument) -> None:
        """Give a role an inline policy, in place of the one of that name."""

    def set_max_session(self, role: str, duration: timedelta) -> None:
        """Set how long a session of a role can last, 1 to 12 hours; an hour until then."""

    def create_service_linked_role(self, account: str, role: ServiceRole) -> str:
        """The role of its own that a service has in an account; gives its ARN."""

    def set_allowed_images(
        self,
        account: str,
        region: str,
        state: Literal["disabled", "audit-mode", "enabled"],
        *,
        providers: Iterable[str] | None = None,
        names: Iterable[str] | None = None,
    ) -> None:
        """Set the Allowed AMIs settings of an account, disabled until then.

        Allowed are its own images, those of ``providers`` (account ids, ``amazon``…), and those
        with ``names``, which can have ``*`` and ``?``.
        """

    def set_image_copy_quota(self, account: str, quota: int) -> None:
        """Set how many images can be copied at once into a Region; 300 until then."""

    def run_instance(self, region: str, account: str, image: str) -> str:
        """Launch an instance as the root user of an account; gives its id."""

    def put_parameter(self, region: str, account: str, name: str, value: str) -> None:
        """Give a parameter of text a value, as a new version where there is one of that name."""

    def images_owned_by(self, region: str, owner: str) -> list[str]:
        """The images that an account owns in a Region, in whatever state."""

    def snapshots_owned_by(self, region: str, owner: str) -> list[str]:
        """The snapshots that an account owns in a Region."""

    @staticmethod
    def load(text: str) -> SimulatedWorld:
        """The world that a file describes, given its text in JSON or YAML.

        ``ValueError`` names the line, the field and what was expected.
        """

    def save(self) -> str:
        """The world as a file in JSON, from which ``load`` makes the same world."""

    def serve(self, *, host: str = "127.0.0.1", port: int = 0) -> SimulatorServer:
        """Start a server that answers for this world, for boto3 and any other AWS client."""

@final
class SimulatorServer:
    """A server that answers for a world over HTTP, as AWS does, until it is stopped.

    Give ``endpoint`` to an AWS client as ``endpoint_url``, with 12 digits as access key (the root
    user of that account) and any secret. As a context manager it stops at the end. ``OSError`` if
    it cannot listen on the address; port 0 lets the system choose one.
    """

    def __new__(
        cls, world: SimulatedWorld | None = None, *, host: str = "127.0.0.1", port: int = 0
    ) -> Self: ...
    @property
    def endpoint(self) -> str:
        """Where it listens, such as ``http://127.0.0.1:4599``."""

    @property
    def world(self) -> SimulatedWorld:
        """The world that it answers for."""

    @property
    def is_running(self) -> bool:
        """Whether it was not stopped."""

    def stop(self) -> None:
        """Close all connections and free the port; again does nothing."""

    def serve_forever(self) -> None:
        """Wait until a signal handler raises, such as ``KeyboardInterrupt`` on Ctrl-C."""

    def __enter__(self) -> Self: ...
    def __exit__(self, kind: object, error: object, trace: object, /) -> None: ...

@final
class SharerHandle:
    """What the sharers stand on; not for use outside the package."""

    @staticmethod
    def simulated(
        world: SimulatedWorld,
        account: str,
        concurrency: int | None = None,
        consistency_timeout: float | None = None,
        key_consistency_timeout: float | None = None,
        key_settle_time: float | None = None,
        roles: Roles | None = None,
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
    def explain(self, region: str, image: str, principals: Iterable[str]) -> Verification: ...
    def explain_async(
        self, region: str, image: str, principals: Iterable[str]
    ) -> Awaitable[Verification]: ...
    def create_key_for_sharing(self, key: SharingKey) -> str: ...
    def create_key_for_sharing_async(self, key: SharingKey) -> Awaitable[str]: ...
    def shared_with_me(
        self, region: str, next_token: str | None = None
    ) -> tuple[list[SharedImage], str | None]: ...
    def shared_with_me_async(
        self, region: str, next_token: str | None = None
    ) -> Awaitable[tuple[list[SharedImage], str | None]]: ...
    def give_up(self, region: str, image: str) -> str | None: ...
    def give_up_async(self, region: str, image: str) -> Awaitable[str | None]: ...
    def plan_copies(self, request: CopyRequest) -> CopyPlan: ...
    def plan_copies_async(self, request: CopyRequest) -> Awaitable[CopyPlan]: ...
    def apply_copies(self, plan: CopyPlan, on_change: str, cancel: Cancel | None) -> CopyReport: ...
    def start_apply_copies(
        self, plan: CopyPlan, on_change: str, cancel: Cancel | None, with_events: bool
    ) -> LongRun: ...
    def copy(self, request: CopyRequest, cancel: Cancel | None) -> CopyReport: ...
    def start_copy(self, request: CopyRequest, cancel: Cancel | None) -> LongRun: ...
    def rehearse(self, request: RehearsalRequest) -> Rehearsal: ...
    def rehearse_async(self, request: RehearsalRequest) -> Awaitable[Rehearsal]: ...
    def grant_service_linked_roles(
        self, request: ServiceLinkedRoleRequest
    ) -> ServiceLinkedRoleReport: ...
    def grant_service_linked_roles_async(
        self, request: ServiceLinkedRoleRequest
    ) -> Awaitable[ServiceLinkedRoleReport]: ...
    def put_image_parameters(self, request: ParameterRequest) -> ParameterReport: ...
    def put_image_parameters_async(
        self, request: ParameterRequest
    ) -> Awaitable[ParameterReport]: ...
    def tag_for_recipients(self, request: RecipientTagRequest) -> RecipientTagReport: ...
    def tag_for_recipients_async(
        self, request: RecipientTagRequest
    ) -> Awaitable[RecipientTagReport]: ...
    def usage(self, request: UsageRequest) -> ImageUsageReport: ...
    def usage_async(self, request: UsageRequest) -> Awaitable[ImageUsageReport]: ...
    def plan_distribution(self, distribution: Distribution) -> DistributionPlan: ...
    def plan_distribution_async(
        self, distribution: Distribution
    ) -> Awaitable[DistributionPlan]: ...
    def apply_distribution(
        self, plan: DistributionPlan, on_change: str, cancel: Cancel | None
    ) -> DistributionReport: ...
    def start_apply_distribution(
        self, plan: DistributionPlan, on_change: str, cancel: Cancel | None, with_events: bool
    ) -> LongRun: ...
    def run_shard(self, shard: Shard, cancel: Cancel | None) -> ShardReport: ...
    def start_run_shard(
        self, shard: Shard, cancel: Cancel | None, with_events: bool
    ) -> LongRun: ...
    def retry_distribution(
        self, plan: DistributionPlan, report: DistributionReport, cancel: Cancel | None
    ) -> DistributionReport: ...
    def start_retry_distribution(
        self,
        plan: DistributionPlan,
        report: DistributionReport,
        cancel: Cancel | None,
        with_events: bool,
    ) -> LongRun: ...
    def verify_distribution(self, distribution: Distribution) -> DistributionVerification: ...
    def verify_distribution_async(
        self, distribution: Distribution
    ) -> Awaitable[DistributionVerification]: ...
    def destroy_shares(self, distribution: Distribution) -> DistributionReport: ...
    def destroy_shares_async(self, distribution: Distribution) -> Awaitable[DistributionReport]: ...

@final
class ApplyRun:
    """An apply that was started; not for use outside the package."""

    def next(self) -> Event | None: ...
    def next_async(self) -> Awaitable[Event | None]: ...
    @property
    def report(self) -> Report: ...

@final
class LongRun:
    """Something long that was started; not for use outside the package."""

    def next(self) -> Event | None: ...
    def next_async(self) -> Awaitable[Event | None]: ...
    def wait_async(self) -> Awaitable[None]: ...
    def leave(self) -> bool: ...
    def cancel(self) -> None: ...
    def close(self) -> None: ...
    @property
    def report(self) -> Any: ...

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
    key_consistency_timeout: float | None = None,
    key_settle_time: float | None = None,
    roles: Roles | None = None,
) -> SharerHandle: ...
