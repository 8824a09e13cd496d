from __future__ import annotations

import pickle

import pytest

import ami_share
from ami_share import (
    AmiShareError,
    AwsApiError,
    ConfigurationError,
    CopyIncompleteError,
    CopyRefusedError,
    CopyReport,
    Distribution,
    DistributionError,
    DistributionIncompleteError,
    ForkedProcessError,
    ImageNotResolvedError,
    IncompleteError,
    InvalidPolicyError,
    InvalidRequestError,
    KeyPolicy,
    KeyWithoutAliasError,
    MockSharer,
    NotVerifiedError,
    ParameterRequest,
    PatchRefusedError,
    Problem,
    RecipientsIncompleteError,
    RecipientTagRequest,
    RefusedError,
    Report,
    ShareRequest,
    SharingKey,
    SimulatedSharer,
    WorldChangedError,
)
from ami_share import exceptions
from conftest import OWNER, REGION, STRANGER, Stage
from copy_support import CopyStage
from test_distribution import Distributing


def raised_by(call: object) -> AmiShareError:
    with pytest.raises(AmiShareError) as caught:
        call()  # type: ignore[operator]
    return caught.value


def every_error(stage: Stage) -> list[AmiShareError]:
    """One of each class, as it is really raised, as far as it can be here."""
    changed = stage.sharer.plan(stage.request())
    stage.sharer.share(stage.request(accounts=[STRANGER]))
    errors = [
        raised_by(lambda: ShareRequest(images=[])),
        raised_by(lambda: stage.sharer.plan(stage.request(accounts=[OWNER]))),
        raised_by(lambda: stage.sharer.apply(changed)),
        raised_by(lambda: SimulatedSharer(stage.world, OWNER, concurrency=0)),
    ]
    key = SharingKey(region="us-east-1", owner=OWNER, alias="alias/golden")
    stage.sharer.create_key_for_sharing(key)
    stage.world.deny(OWNER, "ModifyImageAttribute")
    errors.append(raised_by(lambda: stage.sharer.share(stage.request())))
    stage.world.deny(OWNER, "DescribeImages")
    errors.append(raised_by(lambda: stage.sharer.share(stage.request())))
    errors.append(ForkedProcessError("forked"))
    errors.append(raised_by(lambda: stage.sharer.create_key_for_sharing(key)))
    errors.append(raised_by(lambda: KeyPolicy.parse("{")))
    errors.append(raised_by(lambda: KeyPolicy.parse('{"Statement": []}').patched(accounts=[OWNER])))
    copies = CopyStage(STRANGER)
    errors.append(raised_by(lambda: copies.sharer.copy(copies.request(key=None))))
    copies.world.set_faults({"copies": {"failing": [1], "reason": "broken"}})
    errors.append(raised_by(lambda: copies.sharer.copy(copies.request())))
    request = RecipientTagRequest(region=REGION, images=[copies.image], tags={"a": "b"})
    copies.world.deny(OWNER, "CreateTags")
    errors.append(raised_by(lambda: copies.sharer.tag_for_recipients(request)))
    share = ShareRequest(region=REGION, images=[copies.image], accounts=["123412341234"])
    parameter = ParameterRequest("/golden", images={REGION: copies.image}, after=share)
    errors.append(raised_by(lambda: copies.sharer.put_image_parameters(parameter)))
    errors.append(raised_by(lambda: Distribution.from_yaml("golden: yes")))
    distributing = Distributing(STRANGER)
    nowhere = distributing.distribution(image={"region": REGION, "newest": {"name": "nothing"}})
    errors.append(raised_by(lambda: distributing.sharer.plan_distribution(nowhere)))
    plan = distributing.sharer.plan_distribution(distributing.distribution())
    distributing.world.set_faults({"copies": {"failing": [1], "reason": "broken"}})
    errors.append(raised_by(lambda: distributing.sharer.apply_distribution(plan)))
    return errors


def test_every_class_has_the_base_and_is_exported(stage: Stage) -> None:
    classes = {type(error) for error in every_error(stage)}
    assert classes == {
        AwsApiError,
        ConfigurationError,
        CopyIncompleteError,
        CopyRefusedError,
        DistributionError,
        DistributionIncompleteError,
        ForkedProcessError,
        ImageNotResolvedError,
        IncompleteError,
        InvalidPolicyError,
        InvalidRequestError,
        KeyWithoutAliasError,
        NotVerifiedError,
        PatchRefusedError,
        RecipientsIncompleteError,
        RefusedError,
        WorldChangedError,
    }
    assert {c.__name__ for c in classes} | {"AmiShareError"} == set(exceptions.__all__)
    assert all(getattr(ami_share, name) is getattr(exceptions, name) for name in exceptions.__all__)


def test_texts_are_one_line_in_lower_case_without_a_full_stop(stage: Stage) -> None:
    for error in every_error(stage):
        text = str(error)
        assert text == error.message and text
        assert "\n" not in text and not text.endswith(".")
        # An AWS operation keeps its capital.
        assert not text[0].isupper() or isinstance(error, AwsApiError)


def test_pickling_keeps_class_text_fields_and_what_was_added(stage: Stage) -> None:
    for error in every_error(stage):
        error.hint = "ours"  # type: ignore[attr-defined]
        copy = pickle.loads(pickle.dumps(error))
        assert type(copy) is type(error)
        assert str(copy) == str(error)
        assert fields(copy) == fields(error)
        assert fields(copy)["hint"] == "ours"


def fields(error: AmiShareError) -> dict[str, object]:
    """Its attributes; exceptions among them, which are equal to themselves only, by theirs."""
    return {
        name: fields(value) if isinstance(value, AmiShareError) else value
        for name, value in vars(error).items()
    }


def test_fields(stage: Stage) -> None:
    errors = every_error(stage)
    invalid, refused, changed, configuration, incomplete, api = errors[:6]
    no_key, copies, tags, parameter, file, nowhere, shards = errors[-7:]
    assert isinstance(invalid, InvalidRequestError) and isinstance(invalid, ValueError)
    assert [problem.field for problem in invalid.problems] == ["images", "principals"]
    assert isinstance(refused, RefusedError)
    assert refused.refusals[0].kind == "owner_is_recipient"
    assert isinstance(changed, WorldChangedError) and changed.changes[0].kind == "permissions"
    assert "`concurrency` is 0" in str(configuration)
    assert isinstance(incomplete, IncompleteError) and isinstance(incomplete.report, Report)
    assert "0 of 1 steps" in str(incomplete)
    assert isinstance(api, AwsApiError) and api.kind == "access_denied"
    assert isinstance(no_key, CopyRefusedError) and no_key.refusals[0].kind == "key_missing"
    assert isinstance(copies, CopyIncompleteError) and isinstance(copies.report, CopyReport)
    assert "1 of 2 copies" in str(copies)
    assert isinstance(tags, RecipientsIncompleteError) and not tags.report.is_complete
    assert isinstance(parameter, NotVerifiedError)
    assert parameter.verification.as_desired == "no"
    assert isinstance(file, DistributionError) and isinstance(file, ValueError)
    assert file.problems[-1].field == "golden" and file.file is None
    assert isinstance(nowhere, ImageNotResolvedError) and nowhere.region == REGION
    assert isinstance(shards, DistributionIncompleteError) and shards.report.failed


def test_an_argument_that_is_no_part_of_a_request_is_told_as_itself(stage: Stage) -> None:
    error = raised_by(lambda: stage.sharer.give_up("us-east", stage.image))
    assert isinstance(error, InvalidRequestError) and error.problems[0].field == "region"
    assert str(error) == error.problems[0].message
    assert str(error).startswith("`us-east` is not a Region")


def test_exceptions_can_be_made_by_a_test() -> None:
    refusal = RefusedError("the image is encrypted")
    assert refusal.refusals == []
    problem = Problem.from_json('{"field": "images", "message": "wrong"}')
    assert InvalidRequestError("wrong", [problem]).problems == [problem]
    assert AwsApiError("no", kind="throttled", retryable=True).retryable
    sharer = MockSharer(share=refusal)
    with pytest.raises(RefusedError):
        sharer.share(ShareRequest(region="us-east-1", images=["ami-12345678"], accounts=[OWNER]))
