"""`Roles`: by which role each account is reached."""

from __future__ import annotations

import pickle
import traceback
from datetime import timedelta

import pytest

from ami_share import CopyRefusedError, InvalidRequestError, Roles, SimulatedSharer
from conftest import OWNER, RECIPIENT, STRANGER
from copy_support import EXTERNAL_ID, TEMPLATE, CopyStage

OWN = f"arn:aws:iam::{RECIPIENT}:role/Another"


def test_an_accounts_own_role_wins_over_the_template() -> None:
    roles = Roles(
        TEMPLATE,
        roles={RECIPIENT: OWN},
        session_name="release",
        session_tags={"team": "web"},
        duration=timedelta(minutes=30),
    )
    assert roles.role_of(RECIPIENT) == OWN
    assert roles.role_of("000000000001") == "arn:aws:iam::000000000001:role/AmiShare"
    assert (roles.template, roles.roles) == (TEMPLATE, {RECIPIENT: OWN})
    assert (roles.session_name, roles.session_tags) == ("release", {"team": "web"})
    assert roles.duration == timedelta(minutes=30)
    assert Roles(roles={RECIPIENT: OWN}).role_of(STRANGER) is None
    assert Roles(TEMPLATE).duration == timedelta(hours=1)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        Roles(
            "arn:aws:iam::222222222222:role/One",
            roles={"1": OWN, RECIPIENT: "role", STRANGER: OWN},
            session_name="a b",
            external_id="x",
            duration=timedelta(seconds=60),
        )
    fields = [problem.field for problem in caught.value.problems]
    assert fields == [
        "roles",
        "roles",
        "template",
        "roles",
        "session_name",
        "external_id",
        "duration",
    ]
    with pytest.raises(InvalidRequestError, match="no role is named"):
        Roles()
    with pytest.raises(InvalidRequestError):
        Roles(TEMPLATE).role_of("1")


def test_promise_9_an_external_id_is_not_shown() -> None:
    marker = "the-hidden-external-id"
    roles = Roles(TEMPLATE, external_id=marker)
    assert marker not in repr(roles) and marker not in str(roles)
    stage = CopyStage()
    sharer = SimulatedSharer(stage.world, OWNER, roles=roles)
    assert marker not in repr(sharer) and marker not in repr(vars(sharer))
    with pytest.raises(TypeError):
        pickle.dumps(sharer)
    with pytest.raises(CopyRefusedError) as caught:
        sharer.plan_copies(stage.request())
    with pytest.raises(InvalidRequestError) as refused:
        Roles(TEMPLATE, external_id=f"{marker} with spaces")
    for error in (caught.value, refused.value):
        assert marker not in repr(error) and marker not in repr(vars(error))
        assert marker.encode() not in pickle.dumps(error)
        shown = "".join(traceback.format_exception_only(error))
        assert marker not in shown
    # It goes where roles go, so that they can be used there.
    assert pickle.loads(pickle.dumps(roles)).to_dict()["external_id"] == marker


def test_an_account_without_a_role_is_refused_before_anything_is_written() -> None:
    stage = CopyStage()
    only_one = Roles(roles={RECIPIENT: TEMPLATE.format(account=RECIPIENT)}, external_id=EXTERNAL_ID)
    sharer = SimulatedSharer(stage.world, OWNER, roles=only_one)
    with pytest.raises(CopyRefusedError) as caught:
        sharer.copy(stage.request())
    [refusal] = caught.value.refusals
    assert (refusal.kind, refusal.account) == ("no_role", STRANGER)
    assert "`roles`" in refusal.mend and refusal.mend in str(caught.value)
    assert [call for call in stage.world.calls() if call.write] == []


def test_the_external_id_that_the_trust_policy_asks_for_is_told() -> None:
    stage = CopyStage(RECIPIENT)
    assert stage.sharer.plan_copies(stage.request()).copies
    other = SimulatedSharer(stage.world, OWNER, roles=Roles(TEMPLATE, external_id="another-one"))
    with pytest.raises(CopyRefusedError) as caught:
        other.plan_copies(stage.request())
    assert {refusal.kind for refusal in caught.value.refusals} == {"destination_unreadable"}
