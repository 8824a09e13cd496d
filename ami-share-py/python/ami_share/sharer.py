"""The verbs: what code that shares images calls, and what its tests mock."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

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
        SharerHandle,
        ShareRequest,
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

__all__ = ["Sharer"]


class Sharer:
    """Shares images as one thing, synchronously and on asyncio.

    Annotate parameters with this class, so that a service can be given an ``AwsSharer``, and its
    unit tests a ``MockSharer`` or a ``SimulatedSharer``. Every verb has a twin with the suffix
    ``_async`` that is awaited instead and never blocks the event loop; when the task that awaits
    it is cancelled, no further call is made to AWS. The plain verbs release the interpreter while
    they wait, and end with ``KeyboardInterrupt`` on Ctrl-C.

    Verbs that take long (``copy``, ``apply_copies``, ``apply_distribution``, ``run_shard``…) leave
    nothing half-made behind: once they write, Ctrl-C and the cancelling of a task cancel what is
    under way, wait until it is cleaned up or kept as the request says, and only then raise. The
    exception's ``__cause__`` is the error that has the report. A second Ctrl-C, or a task that is
    cancelled again, does not wait: the clean-up goes on alone, and the end of the interpreter waits
    for it.

    Sharers can be used from many threads at once. They do not survive a fork
    (``ForkedProcessError``), and cannot be pickled.
    """

    _handle: SharerHandle

    def plan(self, request: ShareRequest) -> Plan:
        """Read the world once and say what would be done; write nothing.

        Raises ``RefusedError`` with every reason found, or ``AwsApiError`` if something could not
        be read.
        """
        return self._handle.plan(request)

    async def plan_async(self, request: ShareRequest) -> Plan:
        """Do what ``plan`` does."""
        return await self._handle.plan_async(request)

    def apply(self, plan: Plan, *, on_change: OnChange = "refuse") -> Report:
        """Carry a plan out, and read back that every step shows.

        ``on_change`` says what is done about the time between plan and apply: ``"refuse"`` reads
        the world again and raises ``WorldChangedError`` if it has changed, before anything is
        written; ``"plan-again"`` makes a new plan if it has changed; ``"do-not-look"`` reads
        nothing again, for a plan that was made a moment ago.

        Raises ``IncompleteError`` with the report when a step was not done, or could not be seen
        to be done.
        """
        return self._handle.apply(plan, on_change)

    async def apply_async(self, plan: Plan, *, on_change: OnChange = "refuse") -> Report:
        """Do what ``apply`` does."""
        return await self._handle.apply_async(plan, on_change)

    def apply_events(self, plan: Plan, *, on_change: OnChange = "refuse") -> ApplyEvents:
        """Carry a plan out, and iterate over what happens on the way.

        The apply begins at once. Behind the last event the iterator ends and has the ``report``,
        or raises what ``apply`` raises. If it is let go of before its end, the apply is stopped
        where it is.
        """
        from .events import ApplyEvents

        return ApplyEvents(self._handle.apply_events(plan, on_change))

    def apply_events_async(self, plan: Plan, *, on_change: OnChange = "refuse") -> AsyncApplyEvents:
        """Do what ``apply_events`` does, for ``async for``."""
        from .events import AsyncApplyEvents

        return AsyncApplyEvents(self._handle.apply_events(plan, on_change))

    def share(self, request: ShareRequest) -> Report:
        """Plan the request and carry it out at once, in the request's own direction.

        Writes nothing where the world already is as asked for. One image costs four calls, however
        many accounts there are: describe, read, modify, read back. An encrypted one costs six more:
        its snapshots, and its key and policy, which is put, read back and looked at once more.

        Raises what ``plan`` and ``apply`` raise.
        """
        return self._handle.share(request)

    async def share_async(self, request: ShareRequest) -> Report:
        """Do what ``share`` does."""
        return await self._handle.share_async(request)

    def revoke(self, request: ShareRequest) -> Report:
        """Take back what the request gives: launch permission, snapshot permission, tags, keys.

        Keys close last, and only for who needs them for no other image (see ``key_cleanup``).

        Raises what ``share`` raises.
        """
        return self._handle.revoke(request)

    async def revoke_async(self, request: ShareRequest) -> Report:
        """Do what ``revoke`` does."""
        return await self._handle.revoke_async(request)

    def verify(self, request: ShareRequest) -> Verification:
        """Compare what the request asks for with what is there, per image and principal.

        After a revoke, verify ``request.to_revoke()``: it says what access remains, and through
        what. What could not be read is ``"unknown"``.

        Raises ``AwsApiError`` if the images or their permissions could not be read.
        """
        return self._handle.verify(request)

    async def verify_async(self, request: ShareRequest) -> Verification:
        """Do what ``verify`` does."""
        return await self._handle.verify_async(request)

    def explain(self, region: str, image: str, principals: Iterable[str]) -> Verification:
        """Say for each principal whether it can launch and copy the image, and why, layer by layer.

        "Why can't 222222222222 launch this?" ``PrincipalCheck.layers`` has what each layer says:
        image state, launch permission, snapshots, and for each key its state, policy and grants.
        Every no has its mend; what could not be read is unknown. Principals are 12-digit account
        ids, full ARNs of organizations and OUs, and ``"all"``. The caller owns the image. Judged
        are the administrators of an account.

        Raises ``AwsApiError`` if the image or its permissions could not be read.
        """
        return self._handle.explain(region, image, principals)

    async def explain_async(
        self, region: str, image: str, principals: Iterable[str]
    ) -> Verification:
        """Do what ``explain`` does."""
        return await self._handle.explain_async(region, image, principals)

    def create_key_for_sharing(self, key: SharingKey) -> str:
        """Make a customer managed key with an alias, for images that are to be shared.

        Its policy lets the principals use it from the start. It is the mend for an image that is
        encrypted under an AWS managed key: copy it under this one. Returns the key's ARN.

        Raises ``AwsApiError``, ``RefusedError`` if the policy would be too large, and
        ``KeyWithoutAliasError`` if the alias is taken.
        """
        return self._handle.create_key_for_sharing(key)

    async def create_key_for_sharing_async(self, key: SharingKey) -> str:
        """Do what ``create_key_for_sharing`` does."""
        return await self._handle.create_key_for_sharing_async(key)

    def plan_copies(self, request: CopyRequest) -> CopyPlan:
        """Read source and destinations once and say which copies would be made; write nothing.

        The plan says under which keys, what is opened for them, and which copies are there already.

        Raises ``CopyRefusedError`` with every reason found, ``RefusedError`` if the source cannot
        be opened for the accounts that are to copy it, or ``AwsApiError`` if the source could not
        be read.
        """
        return self._handle.plan_copies(request)

    async def plan_copies_async(self, request: CopyRequest) -> CopyPlan:
        """Do what ``plan_copies`` does."""
        return await self._handle.plan_copies_async(request)

    def apply_copies(
        self, plan: CopyPlan, *, on_change: OnChange = "refuse", cancel: Cancel | None = None
    ) -> CopyReport:
        """Carry a plan of copies out.

        Opens the source, copies, waits, makes the copies what they are to be, shares them, closes
        the source. Adopts what earlier runs made or started, so that nothing is copied twice. Ends
        when every copy has ended, the request's time limit is reached, or ``cancel`` says so; what
        is then under way is cleaned up or kept, by the request's ``on_failure``. ``on_change`` is
        that of ``apply``.

        Raises ``WorldChangedError`` before anything is written, and ``CopyIncompleteError`` with
        the report when a copy failed or is not as it was to be.
        """
        return self._handle.apply_copies(plan, on_change, cancel)

    async def apply_copies_async(
        self, plan: CopyPlan, *, on_change: OnChange = "refuse", cancel: Cancel | None = None
    ) -> CopyReport:
        """Do what ``apply_copies`` does."""
        from .events import end_of

        run = self._handle.start_apply_copies(plan, on_change, cancel, False)
        report: CopyReport = await end_of(run)
        return report

    def apply_copies_events(
        self, plan: CopyPlan, *, on_change: OnChange = "refuse", cancel: Cancel | None = None
    ) -> CopyEvents:
        """Carry a plan of copies out, and iterate over what happens on the way.

        It begins at once. Events tell how far each copy is, in percent. Behind the last one the
        iterator ends and has the ``report``, or raises what ``apply_copies`` raises. If it is let
        go of before its end, the copies are cancelled and cleaned up in the background; leaving a
        ``with`` statement waits for that.
        """
        from .events import CopyEvents

        return CopyEvents(self._handle.start_apply_copies(plan, on_change, cancel, True))

    def apply_copies_events_async(
        self, plan: CopyPlan, *, on_change: OnChange = "refuse", cancel: Cancel | None = None
    ) -> AsyncCopyEvents:
        """Do what ``apply_copies_events`` does, for ``async for``."""
        from .events import AsyncCopyEvents

        return AsyncCopyEvents(self._handle.start_apply_copies(plan, on_change, cancel, True))

    def copy(self, request: CopyRequest, *, cancel: Cancel | None = None) -> CopyReport:
        """Plan the copies and make them at once.

        Raises what ``plan_copies`` and ``apply_copies`` raise.
        """
        return self._handle.copy(request, cancel)

    async def copy_async(self, request: CopyRequest, *, cancel: Cancel | None = None) -> CopyReport:
        """Do what ``copy`` does."""
        from .events import end_of

        report: CopyReport = await end_of(self._handle.start_copy(request, cancel))
        return report

    def rehearse(self, request: RehearsalRequest) -> Rehearsal:
        """Let recipients rehearse a launch, each by its role; write nothing.

        Says of each whether it sees the image, may launch it, and may use its keys. All accounts
        and Regions are asked side by side. What a recipient is refused is no error but an answer.
        The keys of an image are known where the caller owns it.

        Raises ``RefusedError`` for accounts without a role, before anything else is called.
        """
        return self._handle.rehearse(request)

    async def rehearse_async(self, request: RehearsalRequest) -> Rehearsal:
        """Do what ``rehearse`` does."""
        return await self._handle.rehearse_async(request)

    def grant_service_linked_roles(
        self, request: ServiceLinkedRoleRequest
    ) -> ServiceLinkedRoleReport:
        """Make grants by which services of recipients get at encrypted images.

        By each recipient's role, on every key of the images; a second run writes nothing. The
        caller owns the images. For recipients to be let make them, share with ``service_roles``
        first. A request with ``diagnose`` writes nothing and says what is missing.

        Raises ``RefusedError`` before anything is written, ``AwsApiError`` if the images could not
        be read, and ``RecipientsIncompleteError`` with the report, which says what to mend.
        """
        return self._handle.grant_service_linked_roles(request)

    async def grant_service_linked_roles_async(
        self, request: ServiceLinkedRoleRequest
    ) -> ServiceLinkedRoleReport:
        """Do what ``grant_service_linked_roles`` does."""
        return await self._handle.grant_service_linked_roles_async(request)

    def put_image_parameters(self, request: ParameterRequest) -> ParameterReport:
        """Put images into a parameter of Parameter Store, per Region, and read it back.

        In the caller's own account, and in those of recipients by their roles. Nothing is written
        before every account sees its image as available, and before the share is verified that the
        request names. What the parameter held before is in the report, and in its history.

        Before anything is written it raises ``RefusedError``, ``NotVerifiedError`` or
        ``AwsApiError``; then ``RecipientsIncompleteError`` when not all was written and read back.
        """
        return self._handle.put_image_parameters(request)

    async def put_image_parameters_async(self, request: ParameterRequest) -> ParameterReport:
        """Do what ``put_image_parameters`` does."""
        return await self._handle.put_image_parameters_async(request)

    def tag_for_recipients(self, request: RecipientTagRequest) -> RecipientTagReport:
        """Tag images so that recipients see it.

        As the owner, under keys with ``ec2:SharedTag/``, for all that an image is shared with; or
        by roles in each recipient, for that recipient alone. What is there is not written again.

        Raises ``RefusedError`` before anything is written, and ``RecipientsIncompleteError`` with
        the report.
        """
        return self._handle.tag_for_recipients(request)

    async def tag_for_recipients_async(self, request: RecipientTagRequest) -> RecipientTagReport:
        """Do what ``tag_for_recipients`` does."""
        return await self._handle.tag_for_recipients_async(request)

    def usage(self, request: UsageRequest) -> ImageUsageReport:
        """Say which accounts use the caller's images and how much, and when each was launched last.

        EC2 makes a report for each image, which is waited for. ``ImageUsageReport.hurt_by`` says
        who would be hurt by a revoke. A report that is not there in time is unknown, not empty.

        Raises ``RefusedError`` for images that are not found or not the caller's, and
        ``AwsApiError`` if the images could not be read.
        """
        return self._handle.usage(request)

    async def usage_async(self, request: UsageRequest) -> ImageUsageReport:
        """Do what ``usage`` does."""
        return await self._handle.usage_async(request)

    def plan_distribution(self, distribution: Distribution) -> DistributionPlan:
        """Find the image, look at owner and recipients, and say what would be done; write nothing.

        Raises ``ImageNotResolvedError`` if there is no such image, ``CopyRefusedError`` and
        ``RefusedError`` with every reason found, and ``AwsApiError`` if something could not be
        read.
        """
        return self._handle.plan_distribution(distribution)

    async def plan_distribution_async(self, distribution: Distribution) -> DistributionPlan:
        """Do what ``plan_distribution`` does."""
        return await self._handle.plan_distribution_async(distribution)

    def apply_distribution(
        self,
        plan: DistributionPlan,
        *,
        on_change: OnChange = "refuse",
        cancel: Cancel | None = None,
    ) -> DistributionReport:
        """Run all shards of a plan: the owner's, then the recipients', then those that finish.

        With ``on_change="plan-again"`` each shard looks at the world anew, so that a plan can be
        applied at any time and again; with ``"refuse"`` and ``"do-not-look"`` it is as in
        ``apply``.

        Raises ``WorldChangedError`` before anything is written, and ``DistributionIncompleteError``
        with the report of all shards.
        """
        return self._handle.apply_distribution(plan, on_change, cancel)

    async def apply_distribution_async(
        self,
        plan: DistributionPlan,
        *,
        on_change: OnChange = "refuse",
        cancel: Cancel | None = None,
    ) -> DistributionReport:
        """Do what ``apply_distribution`` does."""
        from .events import end_of

        run = self._handle.start_apply_distribution(plan, on_change, cancel, False)
        report: DistributionReport = await end_of(run)
        return report

    def apply_distribution_events(
        self,
        plan: DistributionPlan,
        *,
        on_change: OnChange = "refuse",
        cancel: Cancel | None = None,
    ) -> DistributionEvents:
        """Run all shards of a plan, and iterate over what happens on the way.

        It begins at once; the events of all copies come as they happen. Otherwise it is as
        ``apply_copies_events``.
        """
        from .events import DistributionEvents

        run = self._handle.start_apply_distribution(plan, on_change, cancel, True)
        return DistributionEvents(run)

    def apply_distribution_events_async(
        self,
        plan: DistributionPlan,
        *,
        on_change: OnChange = "refuse",
        cancel: Cancel | None = None,
    ) -> AsyncDistributionEvents:
        """Do what ``apply_distribution_events`` does, for ``async for``."""
        from .events import AsyncDistributionEvents

        run = self._handle.start_apply_distribution(plan, on_change, cancel, True)
        return AsyncDistributionEvents(run)

    def run_shard(self, shard: Shard, *, cancel: Cancel | None = None) -> ShardReport:
        """Run one shard, as a worker does; what went wrong stands in its report.

        It looks at the world anew. What is done already is found and left alone, so that a shard
        whose worker died is run again. The owner's shard of a Region comes first, then those of
        recipients, then what ``DistributionPlan.finishing`` gives.
        """
        return self._handle.run_shard(shard, cancel)

    async def run_shard_async(self, shard: Shard, *, cancel: Cancel | None = None) -> ShardReport:
        """Do what ``run_shard`` does."""
        from .events import end_of

        report: ShardReport = await end_of(self._handle.start_run_shard(shard, cancel, False))
        return report

    def run_shard_events(self, shard: Shard, *, cancel: Cancel | None = None) -> ShardEvents:
        """Run one shard, and iterate over what happens on the way.

        It begins at once. Otherwise it is as ``apply_copies_events``.
        """
        from .events import ShardEvents

        return ShardEvents(self._handle.start_run_shard(shard, cancel, True))

    def run_shard_events_async(
        self, shard: Shard, *, cancel: Cancel | None = None
    ) -> AsyncShardEvents:
        """Do what ``run_shard_events`` does, for ``async for``."""
        from .events import AsyncShardEvents

        return AsyncShardEvents(self._handle.start_run_shard(shard, cancel, True))

    def retry_distribution(
        self, plan: DistributionPlan, report: DistributionReport, *, cancel: Cancel | None = None
    ) -> DistributionReport:
        """Run what a report says was not done, and give the report of all.

        Raises ``DistributionIncompleteError`` with that report.
        """
        return self._handle.retry_distribution(plan, report, cancel)

    async def retry_distribution_async(
        self, plan: DistributionPlan, report: DistributionReport, *, cancel: Cancel | None = None
    ) -> DistributionReport:
        """Do what ``retry_distribution`` does."""
        from .events import end_of

        run = self._handle.start_retry_distribution(plan, report, cancel, False)
        merged: DistributionReport = await end_of(run)
        return merged

    def retry_distribution_events(
        self, plan: DistributionPlan, report: DistributionReport, *, cancel: Cancel | None = None
    ) -> DistributionEvents:
        """Run what a report says was not done, and iterate over what happens on the way.

        It begins at once. Otherwise it is as ``apply_copies_events``.
        """
        from .events import DistributionEvents

        run = self._handle.start_retry_distribution(plan, report, cancel, True)
        return DistributionEvents(run)

    def retry_distribution_events_async(
        self, plan: DistributionPlan, report: DistributionReport, *, cancel: Cancel | None = None
    ) -> AsyncDistributionEvents:
        """Do what ``retry_distribution_events`` does, for ``async for``."""
        from .events import AsyncDistributionEvents

        run = self._handle.start_retry_distribution(plan, report, cancel, True)
        return AsyncDistributionEvents(run)

    def verify_distribution(self, distribution: Distribution) -> DistributionVerification:
        """Compare what the distribution asks for with what is there, in every Region and account.

        Raises what ``plan_distribution`` raises.
        """
        return self._handle.verify_distribution(distribution)

    async def verify_distribution_async(
        self, distribution: Distribution
    ) -> DistributionVerification:
        """Do what ``verify_distribution`` does."""
        return await self._handle.verify_distribution_async(distribution)

    def destroy_shares(self, distribution: Distribution) -> DistributionReport:
        """Take the shares of the distribution back, in every Region; images and copies stay.

        Launch permissions, snapshots, keys, and the tags that tell of the distribution. Of the
        image that the distribution names now, and of the owner's copies of it: where it names the
        newest one or a parameter, that may be a later image than the one that was shared. To take
        an earlier one's shares back, name that by its id, as the manifest has it.

        Raises ``DistributionIncompleteError`` with the report of all Regions, and what
        ``plan_distribution`` raises.
        """
        return self._handle.destroy_shares(distribution)

    async def destroy_shares_async(self, distribution: Distribution) -> DistributionReport:
        """Do what ``destroy_shares`` does."""
        return await self._handle.destroy_shares_async(distribution)

    def shared_with_me(self, region: str) -> Iterator[SharedImage]:
        """Iterate over the images that others share with the caller in a Region.

        Directly, or through an organization or OU; public images are not listed. Pages are
        fetched as they are needed.

        Raises ``AwsApiError`` if they could not be listed.
        """
        token = None
        while True:
            images, token = self._handle.shared_with_me(region, token)
            yield from images
            if token is None:
                return

    async def shared_with_me_async(self, region: str) -> AsyncIterator[SharedImage]:
        """Do what ``shared_with_me`` does, for ``async for``."""
        token = None
        while True:
            images, token = await self._handle.shared_with_me_async(region, token)
            for image in images:
                yield image
            if token is None:
                return

    def give_up(self, region: str, image: str) -> str | None:
        """Give up an image that was shared with the caller's own account id.

        Only its owner can share it again. What comes through an organization, an OU or the public
        cannot be given up. Returns the id that AWS gave the request.

        Raises ``AwsApiError`` with AWS's answer.
        """
        return self._handle.give_up(region, image)

    async def give_up_async(self, region: str, image: str) -> str | None:
        """Do what ``give_up`` does."""
        return await self._handle.give_up_async(region, image)
