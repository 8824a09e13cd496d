from __future__ import annotations

import json
import pickle

import pytest

from ami_share import InvalidRequestError, ShareRequest

REGION = "us-east-1"
IMAGE = "ami-0123456789abcdef0"
ACCOUNT = "012345678901"
ORGANIZATION = "arn:aws:organizations::999988887777:organization/o-exampleorg1"
UNIT = "arn:aws:organizations::999988887777:ou/o-exampleorg1/ou-abcd-12345678"


def request(**arguments: object) -> ShareRequest:
    given: dict[str, object] = {"region": REGION, "images": [IMAGE], "accounts": [ACCOUNT]}
    return ShareRequest(**{**given, **arguments})  # type: ignore[arg-type]


def problems(**arguments: object) -> dict[str, str]:
    with pytest.raises(InvalidRequestError) as caught:
        request(**arguments)
    return {problem.field: problem.message for problem in caught.value.problems}


def test_a_request_gives_back_what_it_was_given() -> None:
    made = request(
        organizations=[ORGANIZATION],
        organizational_units=[UNIT],
        public=True,
        public_consent="given",
        direction="exactly",
        removal_limit="20%",
        snapshots="leave-as-is",
        tags={"purpose": "golden"},
        entities_per_image=2_000,
        public_images=7,
        launch_permissions_per_call=500,
    )
    assert made.images == {REGION: [IMAGE]}
    assert made.accounts == [ACCOUNT]
    assert made.organizations == [ORGANIZATION]
    assert made.organizational_units == [UNIT]
    assert made.public is True
    assert made.principals == [ACCOUNT, ORGANIZATION, UNIT, "all"]
    assert made.direction == "exactly"
    assert made.removal_limit == "20%"
    assert made.snapshots == "leave-as-is"
    assert made.tags == {"purpose": "golden"}
    assert made.public_consent == "given"
    assert made.trusted_accounts is None and made.trusted_organizations is None
    assert made.entities_per_image == 2_000
    assert made.public_images == 7
    assert made.launch_permissions_per_call == 500


def test_what_is_not_given_has_a_default() -> None:
    made = request()
    assert made.direction == "share"
    assert made.removal_limit is None
    assert made.snapshots == "leave-as-is"
    assert made.tags == {}
    assert made.public is False
    assert made.public_consent == "withheld"
    assert made.entities_per_image == 1_000


def test_images_can_be_lists_by_region() -> None:
    images = {"eu-central-1": ["ami-11111111"], REGION: [IMAGE]}
    made = ShareRequest(images=images, accounts=[ACCOUNT])
    assert made.images == images


def test_principals_can_be_of_any_kind() -> None:
    made = request(accounts=[], principals=[UNIT, ACCOUNT, ORGANIZATION])
    assert made.principals == [ACCOUNT, ORGANIZATION, UNIT]


def test_ids_come_from_any_iterable() -> None:
    made = request(images=(image for image in [IMAGE]), accounts={ACCOUNT})
    assert made == request()


def test_one_text_is_not_taken_for_a_list() -> None:
    for wrong in ({"images": IMAGE}, {"accounts": ACCOUNT}, {"principals": ORGANIZATION}):
        with pytest.raises(TypeError, match="not one `str`"):
            request(**wrong)


def test_account_ids_are_not_numbers() -> None:
    with pytest.raises(TypeError, match="leading zeros"):
        request(accounts=[12345678901])


@pytest.mark.parametrize("limit", [0, 12, "0%", "100%", "unlimited"])
def test_removal_limits(limit: int | str) -> None:
    assert request(direction="exactly", removal_limit=limit).removal_limit == limit


def test_everything_that_is_wrong_is_told_at_once() -> None:
    found = problems(
        images=["ami-1"],
        accounts=["1"],
        direction="give",
        snapshots="copy",
        public=True,
        tags={"aws:mine": "x"},
        trusted_accounts=["2"],
        launch_permissions_per_call=0,
    )
    assert found.keys() == {
        "images",
        "principals",
        "direction",
        "snapshots",
        "public_consent",
        "tags",
        "trusted_accounts",
        "launch_permissions_per_call",
    }


@pytest.mark.parametrize(
    ("arguments", "field", "words"),
    [
        ({"images": []}, "images", "give `images`"),
        ({"accounts": []}, "principals", "`accounts`, `organizations`"),
        ({"region": None}, "region", "dict of lists by Region"),
        ({"images": {REGION: [IMAGE]}}, "region", "leave `region` out"),
        ({"direction": "exactly"}, "removal_limit", "at most by `removal_limit`"),
        ({"removal_limit": 3}, "removal_limit", "leave it out"),
        ({"direction": "exactly", "removal_limit": "101%"}, "removal_limit", "0 to 100"),
        ({"direction": "exactly", "removal_limit": "x"}, "removal_limit", "such as `20%`"),
        ({"direction": "exactly", "removal_limit": True}, "removal_limit", "such as `20%`"),
        ({"public": True}, "public_consent", "without consent"),
        ({"public_consent": "yes"}, "public_consent", "`given`"),
        ({"organizations": ["o-exampleorg1"]}, "principals", "ARN"),
        ({"region": "us-east-1a"}, "region", "Availability Zone"),
        ({"trusted_accounts": ["444455556666"]}, "principals", "`trusted_accounts`"),
    ],
)
def test_each_problem_has_a_field_and_a_mend(
    arguments: dict[str, object], field: str, words: str
) -> None:
    assert words in problems(**arguments)[field]


def test_trusted_principals_let_the_listed_ones_pass() -> None:
    made = request(organizational_units=[UNIT], trusted_accounts=[ACCOUNT],
                   trusted_organizations=[ORGANIZATION])  # fmt: skip
    assert made.trusted_accounts == [ACCOUNT]
    assert made.trusted_organizations == [ORGANIZATION]


def test_an_invalid_request_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="the request cannot be carried out"):
        request(images=[])


def test_to_revoke_turns_a_request_round() -> None:
    revoke = request(tags={"purpose": "golden"}).to_revoke()
    assert revoke.direction == "revoke"
    assert revoke.snapshots == "for-copy"
    assert revoke.tags == {"purpose": "golden"}


def test_json_there_and_back() -> None:
    made = request(organizations=[ORGANIZATION], tags={"a": "b"}, trusted_accounts=[ACCOUNT],
                   trusted_organizations=[ORGANIZATION])  # fmt: skip
    assert ShareRequest.from_json(made.to_json()) == made
    assert json.loads(made.to_json()) == made.to_dict()


@pytest.mark.parametrize("text", ["", "[]", '{"images": {}}', '{"images": {}, "principals": []}'])
def test_json_that_is_no_request_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        ShareRequest.from_json(text)
    assert caught.value.problems[0].field == "json"


def test_requests_are_values() -> None:
    made = request()
    assert made == request() and hash(made) == hash(request())
    assert made != request(accounts=["444455556666"])
    assert made != object()
    assert pickle.loads(pickle.dumps(made)) == made
    with pytest.raises(AttributeError):
        made.direction = "revoke"  # type: ignore[misc]


def test_the_repr_is_short_and_names_what_matters() -> None:
    assert repr(request()) == (
        "ShareRequest(direction='share', images={'us-east-1': ['ami-0123456789abcdef0']}, "
        "principals=['012345678901'])"
    )
    many = request(accounts=[f"{number:012}" for number in range(1, 1001)])
    assert "… 996 more" in repr(many)
    assert len(repr(many)) < 250


def test_the_key_options_of_a_request_are_given_back() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/Builder"
    made = ShareRequest(region=REGION, images=[IMAGE], accounts=[ACCOUNT])
    assert (made.key_access, made.key_cleanup) == ("auto", "by-reference")
    assert (made.key_principals, made.unit_paths) == ([], [])
    made = ShareRequest(
        region=REGION,
        images=[IMAGE],
        accounts=[ACCOUNT],
        key_access="key-policy",
        key_cleanup="never",
        key_principals=[role],
    )
    assert (made.key_access, made.key_cleanup) == ("key-policy", "never")
    assert made.key_principals == [role]
    assert pickle.loads(pickle.dumps(made)) == made
    assert made.to_revoke().key_cleanup == "never"
    with pytest.raises(InvalidRequestError) as caught:
        made.with_key_access("open")  # type: ignore[arg-type]
    assert caught.value.problems[0].field == "key_access"


def test_a_request_tells_what_is_wrong_with_its_key_options() -> None:
    role = "arn:aws:iam::444455556666:role/Builder"
    with pytest.raises(InvalidRequestError) as caught:
        ShareRequest(
            region=REGION,
            images=[IMAGE],
            accounts=[ACCOUNT],
            key_access="policy",  # type: ignore[arg-type]
            key_cleanup="maybe",  # type: ignore[arg-type]
            key_principals=["Builder", role],
            unit_paths=["ou-ab12-11111111"],
        )
    told = {(problem.field, problem.message) for problem in caught.value.problems}
    fields = {field for field, _ in told}
    assert fields == {"key_access", "key_cleanup", "key_principals", "unit_paths"}
    assert any(role in message and "`accounts`" in message for _, message in told)
    assert any("`auto`, `key-policy`, `grant` or `leave`" in message for _, message in told)
