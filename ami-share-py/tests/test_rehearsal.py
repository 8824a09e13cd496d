"""Rehearsals: what recipients are answered."""

from __future__ import annotations

import asyncio

import pytest

from ami_share import (
    InvalidRequestError,
    RefusedError,
    RehearsalRequest,
    ShareRequest,
    SimulatedSharer,
)
from conftest import OWNER, RECIPIENT, REGION, STRANGER
from copy_support import CopyStage


def test_a_recipient_that_was_shared_with_passes_and_another_does_not() -> None:
    stage = CopyStage()
    plain = stage.world.register_image(REGION, OWNER, "plain")
    stage.sharer.share(ShareRequest(region=REGION, images=[plain], accounts=[RECIPIENT]))
    request = RehearsalRequest(region=REGION, images=[plain], accounts=stage.recipients)
    assert (request.images, request.accounts) == ({REGION: [plain]}, stage.recipients)
    assert request.instance_type is None and not request.copy
    stage.world.clear_calls()
    rehearsal = stage.sharer.rehearse(request)
    assert rehearsal.answer == "no"
    by_account = {image.account: image for image in rehearsal.images}
    passed, failed = by_account[RECIPIENT], by_account[STRANGER]
    assert passed.launch.answer == "yes" == passed.visible.answer and passed.copy is None
    assert failed.launch.answer == "no" and failed.launch.mend
    assert (failed.region, failed.image) == (REGION, plain)
    told = [call for call in failed.calls if call.answer == "no"]
    assert told and told[0].of and told[0].reason and told[0].mend
    assert told[0].call == "describe_images" and told[0].of in str(told[0])
    assert plain in str(rehearsal) and plain in rehearsal._repr_html_()
    assert {call.operation for call in stage.world.calls() if call.write} == {"RunInstances"}
    assert asyncio.run(stage.sharer.rehearse_async(request)) == rehearsal


def test_copies_are_rehearsed_where_asked() -> None:
    stage = CopyStage(RECIPIENT)
    request = RehearsalRequest(
        images={REGION: [stage.image]},
        accounts=[RECIPIENT],
        instance_type="m7i.large",
        subnet="subnet-0123456789abcdef0",
        copy=True,
    )
    assert request.copy and request.instance_type == "m7i.large"
    assert request.subnet == "subnet-0123456789abcdef0"
    [image] = stage.sharer.rehearse(request).images
    assert image.copy is not None and image.copy.answer == "no"


def test_an_account_without_a_role_is_refused_before_anything_is_called() -> None:
    stage = CopyStage()
    request = RehearsalRequest(region=REGION, images=[stage.image], accounts=[STRANGER])
    with pytest.raises(RefusedError):
        SimulatedSharer(stage.world, OWNER).rehearse(request)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        RehearsalRequest(images=["ami-1"], accounts=["1"])
    assert [problem.field for problem in caught.value.problems] == ["accounts", "images"]
    with pytest.raises(InvalidRequestError) as caught:
        RehearsalRequest(images=[], accounts=[])
    assert [problem.field for problem in caught.value.problems] == ["images", "accounts"]
    assert "give `accounts`" in str(caught.value)
    with pytest.raises(InvalidRequestError, match="leave `region` out"):
        RehearsalRequest(region=REGION, images={REGION: ["ami-12345678"]}, accounts=[OWNER])
