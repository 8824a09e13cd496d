"""What is done on the side of recipients: parameters, grants for roles of services, tags, usage."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import pytest

from ami_share import (
    InvalidRequestError,
    NotVerifiedError,
    ParameterReport,
    ParameterRequest,
    RecipientsIncompleteError,
    RecipientTagRequest,
    RefusedError,
    ServiceLinkedRoleRequest,
    ShareRequest,
    SimulatedSharer,
    UsageRequest,
)
from conftest import OWNER, RECIPIENT, REGION, STRANGER
from copy_support import CopyStage

NAME = "/golden/web"
SERVICE: Final = "AWSServiceRoleForAutoScaling"


@pytest.fixture
def stage() -> CopyStage:
    """An image that is shared with all recipients, and that their services may be given."""
    stage = CopyStage()
    stage.sharer.share(share(stage))
    stage.world.clear_calls()
    return stage


def share(stage: CopyStage) -> ShareRequest:
    return ShareRequest(
        region=REGION,
        images=[stage.image],
        accounts=stage.recipients,
        service_roles=[SERVICE],
    )


def writes(stage: CopyStage) -> list[str]:
    return [call.operation for call in stage.world.calls() if call.write]


def test_a_parameter_is_put_once_and_tells_what_it_held(stage: CopyStage) -> None:
    request = ParameterRequest(
        NAME, images={REGION: stage.image}, accounts=stage.recipients, after=share(stage)
    )
    assert (request.name, request.images) == (NAME, {REGION: stage.image})
    assert request.accounts == stage.recipients and request.own_account
    assert request.after == share(stage)
    report = stage.sharer.put_image_parameters(request)
    assert report.is_complete and not report.is_empty and report.name == NAME
    assert {parameter.account for parameter in report.parameters} == {OWNER, *stage.recipients}
    for parameter in report.parameters:
        assert (parameter.region, parameter.image) == (REGION, stage.image)
        assert (parameter.outcome, parameter.before, parameter.version) == ("done", None, 1)
        assert parameter.is_good and parameter.is_written and parameter.request_id
    assert NAME in str(report) and stage.image in report._repr_html_()
    stage.world.clear_calls()
    again = asyncio.run(stage.sharer.put_image_parameters_async(request))
    assert again.is_empty and {p.outcome for p in again.parameters} == {"as_asked"}
    assert writes(stage) == []


def test_nothing_is_put_before_the_share_is_verified(stage: CopyStage) -> None:
    more = ShareRequest(region=REGION, images=[stage.image], accounts=["123412341234"])
    request = ParameterRequest(NAME, images={REGION: stage.image}, after=more)
    with pytest.raises(NotVerifiedError) as caught:
        stage.sharer.put_image_parameters(request)
    assert caught.value.verification.as_desired == "no"
    assert writes(stage) == []


def test_what_was_not_put_is_told_with_its_mend(stage: CopyStage) -> None:
    stage.world.deny(RECIPIENT, "PutParameter")
    request = ParameterRequest(
        NAME, images={REGION: stage.image}, accounts=[RECIPIENT], own_account=False
    )
    assert not request.own_account
    with pytest.raises(RecipientsIncompleteError) as caught:
        stage.sharer.put_image_parameters(request)
    report = caught.value.report
    assert isinstance(report, ParameterReport)
    [parameter] = report.parameters
    assert parameter.outcome == "failed" and not parameter.is_good
    assert parameter.error is not None and parameter.error.operation == "PutParameter"
    assert parameter.because == str(parameter.error) and parameter.finding is None


def test_services_of_recipients_get_grants_once(stage: CopyStage) -> None:
    request = ServiceLinkedRoleRequest(
        region=REGION, images=[stage.image], accounts=stage.recipients, service_roles=[SERVICE]
    )
    assert request.service_roles == [SERVICE] and not request.diagnose
    assert (request.images, request.accounts) == ({REGION: [stage.image]}, stage.recipients)
    missing = stage.sharer.grant_service_linked_roles(
        ServiceLinkedRoleRequest(
            images={REGION: [stage.image]},
            accounts=[RECIPIENT],
            service_roles=[SERVICE],
            diagnose=True,
        )
    ).grants[0]
    assert missing.outcome == "missing" and missing.finding is not None and missing.because
    # A diagnosis rehearses the grant, and makes none.
    assert stage.world.grants(stage.key) == []
    for account in stage.recipients:
        stage.world.create_service_linked_role(account, SERVICE)
    report = stage.sharer.grant_service_linked_roles(request)
    assert report.is_complete and not report.is_empty
    assert {(grant.account, grant.role) for grant in report.grants} == {
        (account, SERVICE) for account in stage.recipients
    }
    assert len(stage.world.grants(stage.key)) == 2
    assert RECIPIENT in str(report) and RECIPIENT in report._repr_html_()
    again = asyncio.run(stage.sharer.grant_service_linked_roles_async(request))
    assert again.is_empty and len(stage.world.grants(stage.key)) == 2


def test_a_key_that_a_recipient_may_not_grant_is_told_with_the_statement() -> None:
    stage = CopyStage(RECIPIENT)
    stage.sharer.share(ShareRequest(region=REGION, images=[stage.image], accounts=[RECIPIENT]))
    request = ServiceLinkedRoleRequest(
        region=REGION, images=[stage.image], accounts=[RECIPIENT], service_roles=[SERVICE]
    )
    with pytest.raises(RecipientsIncompleteError) as caught:
        stage.sharer.grant_service_linked_roles(request)
    [grant] = caught.value.report.grants  # type: ignore[union-attr]
    assert grant.outcome == "failed" and grant.mend and grant.error is not None
    assert grant.statement is not None and RECIPIENT in grant.statement
    assert grant.key == stage.key and grant.grantee.endswith(SERVICE)
    assert (grant.role, grant.account, grant.region) == (SERVICE, RECIPIENT, REGION)


def test_an_owner_tags_for_all_and_recipients_for_themselves(stage: CopyStage) -> None:
    shared = RecipientTagRequest(region=REGION, images=[stage.image], tags={"os": "linux"})
    assert shared.tags == {"ec2:SharedTag/os": "linux"} and shared.accounts == []
    report = stage.sharer.tag_for_recipients(shared)
    [tags] = report.tags
    assert (tags.account, tags.written, tags.replaced) == (OWNER, shared.tags, {})
    assert report.is_complete and tags.outcome == "done" and stage.image in str(report)
    seen = SimulatedSharer(stage.world, RECIPIENT).shared_with_me(REGION)
    assert next(seen).tags == {"ec2:SharedTag/os": "linux"}
    own = RecipientTagRequest(
        images={REGION: [stage.image]}, tags={"origin": "golden"}, accounts=[RECIPIENT]
    )
    assert stage.sharer.tag_for_recipients(own).is_complete
    assert asyncio.run(stage.sharer.tag_for_recipients_async(own)).is_empty
    seen = SimulatedSharer(stage.world, STRANGER).shared_with_me(REGION)
    assert "origin" not in next(seen).tags


def test_who_would_be_hurt_by_a_revoke_is_known_before(stage: CopyStage) -> None:
    for _ in range(2):
        assert stage.world.run_instance(REGION, RECIPIENT, stage.image).startswith("i-")
    request = UsageRequest(region=REGION, images=[stage.image])
    assert request.time_limit == timedelta(minutes=15) and request.accounts == []
    report = stage.sharer.usage(request)
    [image] = report.images
    assert report.is_complete and (image.image, image.owner) == (stage.image, OWNER)
    assert image.usage is not None and image.because is None and image.report
    [used] = [usage for usage in image.usage if usage.account == RECIPIENT]
    assert (used.resource_type, used.count) == ("ec2:Instance", 2)
    [hurt] = report.hurt_by(share(stage).to_revoke())
    assert (hurt.account, hurt.answer, hurt.usage) == (RECIPIENT, "yes", [used])
    assert hurt.because in str(hurt) and RECIPIENT in str(hurt)
    assert report.hurt_by(share(stage)) == []
    assert RECIPIENT in str(report) and RECIPIENT in report._repr_html_()


def test_what_is_not_read_is_unknown(stage: CopyStage) -> None:
    stage.world.set_faults({"reports": {"failing": [1]}})
    request = UsageRequest(images={REGION: [stage.image]}, accounts=[RECIPIENT])
    report = asyncio.run(stage.sharer.usage_async(request))
    [image] = report.images
    assert not report.is_complete and image.usage is None and image.because
    assert image.asked == [RECIPIENT]
    [hurt] = report.hurt_by(share(stage).to_revoke())
    assert (hurt.account, hurt.answer) == (None, "unknown")


def test_accounts_without_a_role_are_refused_before_anything_is_written(stage: CopyStage) -> None:
    sharer = SimulatedSharer(stage.world, OWNER)
    with pytest.raises(RefusedError):
        sharer.put_image_parameters(
            ParameterRequest(NAME, images={REGION: stage.image}, accounts=[RECIPIENT])
        )
    with pytest.raises(RefusedError):
        sharer.usage(UsageRequest(region=REGION, images=["ami-12345678"]))
    assert writes(stage) == []


def test_everything_that_is_wrong_is_told_in_the_arguments_names() -> None:
    def fields(make: object) -> list[str]:
        with pytest.raises(InvalidRequestError) as caught:
            make()  # type: ignore[operator]
        return [problem.field for problem in caught.value.problems]

    image = "ami-12345678"
    assert fields(lambda: ParameterRequest("aws/x", images={})) == ["name", "images"]
    assert fields(lambda: ParameterRequest(NAME, images={REGION: image}, accounts=["1"])) == [
        "accounts"
    ]
    assert fields(lambda: ServiceLinkedRoleRequest(images=[], accounts=[], service_roles=[])) == [
        "images",
        "accounts",
        "service_roles",
    ]
    assert fields(
        lambda: ServiceLinkedRoleRequest(
            region=REGION,
            images=[image],
            accounts=[RECIPIENT],
            service_roles=["AWSServiceRoleForNobody"],  # type: ignore[list-item]
        )
    ) == ["service_roles"]
    assert fields(lambda: RecipientTagRequest(region=REGION, images=[image], tags={})) == ["tags"]
    assert fields(
        lambda: RecipientTagRequest(
            region=REGION, images=[image], tags={"ec2:SharedTag/a": "b"}, accounts=[RECIPIENT]
        )
    ) == ["tags"]
    assert fields(lambda: UsageRequest(images=[])) == ["images"]
    groups = "arn:aws:organizations::999988887777:organization/o-exampleorg1"
    assert fields(
        lambda: ShareRequest(
            region=REGION, images=[image], organizations=[groups], service_roles=[SERVICE]
        )
    ) == ["service_roles"]
