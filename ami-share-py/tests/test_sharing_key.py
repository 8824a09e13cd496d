"""`SharingKey`: what a key for sharing is to be."""

from __future__ import annotations

from typing import Any

import pytest

from ami_share import InvalidRequestError, SharingKey
from conftest import OWNER, RECIPIENT, REGION


def test_a_key_for_sharing_gives_back_what_it_was_given() -> None:
    organization = f"arn:aws:organizations::{OWNER}:organization/o-exampleorg1"
    unit = f"arn:aws:organizations::{OWNER}:ou/o-exampleorg1/ou-ab12-11111111"
    path = "o-exampleorg1/r-ab12/ou-ab12-11111111/"
    key = SharingKey(
        region=REGION,
        owner=OWNER,
        alias="alias/golden",
        organizations=[organization],
        organizational_units=[unit],
        principals=(RECIPIENT,),
        unit_paths=[path],
        multi_region=True,
    )
    assert (key.region, key.owner, key.alias) == (REGION, OWNER, "alias/golden")
    assert key.principals == [RECIPIENT, organization, unit]
    assert (key.unit_paths, key.description, key.tags) == ([path], "", {})
    assert key.multi_region is True
    assert repr(SharingKey(region=REGION, owner=OWNER, alias="alias/a")) == (
        f"SharingKey(region='{REGION}', owner='{OWNER}', alias='alias/a', principals=[])"
    )


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        ({"alias": "golden"}, ["alias"]),
        ({"alias": "alias/aws/golden"}, ["alias"]),
        ({"principals": ["all"]}, ["principals"]),
        ({"region": "us", "owner": "1", "accounts": ["2"]}, ["region", "owner", "accounts"]),
        ({"unit_paths": ["ou-ab12-11111111"]}, ["unit_paths"]),
    ],
)
def test_what_is_wrong_with_a_key_for_sharing_is_told(
    arguments: dict[str, Any], fields: list[str]
) -> None:
    given = {"region": REGION, "owner": OWNER, "alias": "alias/golden", **arguments}
    with pytest.raises(InvalidRequestError) as caught:
        SharingKey(**given)
    assert [problem.field for problem in caught.value.problems] == fields
    with pytest.raises(InvalidRequestError):
        SharingKey.from_json('{"region": "us-east-1", "owner": "111122223333", "alias": "golden"}')
