"""Who may use a key: the answers of `KeyPolicy.evaluate`, with their reasons."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from ami_share import InvalidPolicyError, InvalidRequestError, KeyPolicy
from conftest import OWNER, RECIPIENT, STRANGER
from policy_support import KEY, ORGANIZATION, ROLE, ROOT, decide, identity, policy, statement

ADMIN = f"arn:aws:iam::{OWNER}:user/admin"
SHARED = KeyPolicy.parse(ROOT).patched(accounts=[RECIPIENT]).policy


def test_the_account_of_the_key_decides_by_its_own_policies() -> None:
    root = decide(policy(), OWNER)
    assert root.is_allowed
    assert [reason.kind for reason in root.reasons] == ["allows", "root_user"]
    denied = decide(policy(), ADMIN)
    assert (denied.verdict, denied.access) == ("denied", "account")
    assert not denied and not denied.is_denied_explicitly
    [reason] = denied.reasons
    assert (reason.layer, reason.kind) == ("identity", "nothing_allows")
    allowed = decide(policy(), ADMIN, identity_policies=[identity()])
    assert allowed and (allowed.verdict, allowed.access) == ("allowed", "account")
    direct = policy(statement({"AWS": ADMIN}, Sid="mine"))
    allowed = decide(direct, ADMIN)
    assert allowed.is_allowed and allowed.access == "direct"
    reason = allowed.reasons[-1]
    assert (reason.layer, reason.statement, reason.sid) == ("key_policy", 1, "mine")
    assert str(reason) == "resource policy, statement 1 `mine`: allows"


def test_across_accounts_both_sides_have_to_allow_it() -> None:
    assert decide(SHARED).verdict == "denied"
    assert decide(SHARED, identity_policies="unknown").verdict == "unknown"
    assert decide(SHARED, identity_policies=[identity()]).is_allowed
    assert decide(SHARED, identity_policies=[json.dumps(identity())]).is_allowed
    assert decide(SHARED, identity_policies=[identity("s3:*")]).verdict == "denied"
    assert decide(policy(), identity_policies=[identity()]).access == "none"
    stranger = decide(SHARED, STRANGER)
    assert (stranger.verdict, stranger.access) == ("denied", "none")


def test_promise_6_what_is_not_given_is_unknown() -> None:
    decision = SHARED.evaluate(principal=ROLE, action="kms:Decrypt", key=KEY)
    assert decision.verdict == "unknown" and not decision
    layers = {reason.layer for reason in decision.reasons}
    assert {"identity", "boundary", "session", "service_control", "grants"} <= layers
    assert {reason.kind for reason in decision.reasons} == {"unclear"}
    denied = policy(statement(Effect="Deny"))
    assert denied.evaluate(principal=ROLE, action="kms:Decrypt", key=KEY).is_denied_explicitly


def test_an_organization_is_unknown_until_it_is_told() -> None:
    shared = KeyPolicy.parse(ROOT).patched(organizations=[ORGANIZATION]).policy
    use: dict[str, Any] = {"identity_policies": [identity()]}
    unknown = decide(shared, **use)
    assert (unknown.verdict, unknown.access) == ("unknown", "unknown")
    [reason] = unknown.reasons
    assert (reason.operator, reason.condition_key) == ("StringEquals", "aws:PrincipalOrgID")
    assert reason.sid == "AmiShareOrganizationsUse" and "is not known" in reason.message
    inside = decide(shared, context={"aws:PrincipalOrgID": "o-exampleorg1"}, **use)
    assert inside.is_allowed
    outside = decide(shared, context={"aws:principalorgid": "o-exampleorg2"}, **use)
    assert outside.verdict == "denied"
    assert "condition_fails" in {reason.kind for reason in outside.reasons}
    assert decide(shared, context={"aws:PrincipalOrgID": None}, **use).verdict == "denied"
    assert decide(shared, context_is_complete=True, **use).verdict == "denied"


def test_values_of_condition_keys() -> None:
    condition = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a/r-b/*"}}
    shared = policy(statement({"AWS": RECIPIENT}, Condition=condition))
    paths = ["o-x/r-y/", "o-a/r-b/ou-c/"]
    assert decide(shared, RECIPIENT, context={"aws:PrincipalOrgPaths": paths}).is_allowed
    assert not decide(shared, RECIPIENT, context={"aws:PrincipalOrgPaths": paths[:1]})
    flag = policy(statement({"AWS": RECIPIENT}, Condition={"Bool": {"aws:SecureTransport": "true"}}))
    assert decide(flag, RECIPIENT, context={"aws:SecureTransport": True}).is_allowed
    assert not decide(flag, RECIPIENT, context={"aws:SecureTransport": "false"})
    with pytest.raises(TypeError, match="aws:SecureTransport"):
        decide(flag, context={"aws:SecureTransport": 1})
    with pytest.raises(TypeError):
        decide(flag, context="aws:SecureTransport")


def test_a_deny_of_any_layer_wins() -> None:
    given: dict[str, Any] = {"identity_policies": [identity()]}
    assert decide(SHARED, **given).is_allowed
    deny = identity(effect="Deny")
    allow = identity()
    layers: dict[str, Any] = {
        "boundary": [deny, identity("s3:*")],
        "session_policies": [[deny], [allow, deny], [identity("s3:*")]],
        "service_control_policies": [[[deny, allow]], [[allow], [identity("s3:*")]]],
        "resource_control_policies": [[[{**deny, "Statement": [statement(Effect="Deny")]}]]],
        "identity_policies": [[allow, deny]],
    }
    for layer, values in layers.items():
        for value in values:
            decision = decide(SHARED, **{**given, layer: value})
            assert decision.verdict == "denied", (layer, value)
    assert decide(SHARED, boundary=allow, session_policies=[allow], **given).is_allowed
    levels = [[allow], [allow, identity("s3:*")]]
    assert decide(SHARED, service_control_policies=levels, **given).is_allowed
    denied = decide(SHARED, service_control_policies=[[allow], [allow, deny]], **given)
    assert denied.is_denied_explicitly and denied.reasons[0].layer == "service_control"


def test_grants_are_those_of_list_grants() -> None:
    grant = {"GrantId": "grant-1", "GranteePrincipal": ADMIN, "Operations": ["Decrypt"]}
    allowed = decide(policy(), ADMIN, grants=[grant])
    assert allowed.is_allowed and allowed.access == "account"
    reason = allowed.reasons[-1]
    assert (reason.layer, reason.policy, reason.sid) == ("grants", 0, "grant-1")
    assert not decide(policy(), ADMIN, action="kms:Encrypt", grants=[grant])
    pairs = {"aws:ebs:id": "vol-1"}
    bound = {**grant, "Constraints": {"EncryptionContextEquals": pairs}}
    assert decide(policy(), ADMIN, grants=[bound]).verdict == "unknown"
    assert decide(policy(), ADMIN, grants=[bound], encryption_context=pairs).is_allowed
    assert not decide(policy(), ADMIN, grants=[bound], encryption_context={})
    subset = {**grant, "Constraints": {"EncryptionContextSubset": {}}}
    assert decide(policy(), ADMIN, grants=[subset], encryption_context=pairs).is_allowed
    constraints = {"SourceArn": "arn:aws:ec2:::1", "EncryptionContextSubset": None}
    source = {**grant, "Constraints": constraints}
    assert decide(policy(), ADMIN, grants=[source]).verdict == "unknown"
    assert decide(policy(), ADMIN, grants=[source], context={"aws:SourceArn": "arn:aws:ec2:::1"})
    assert not decide(policy(), ADMIN, grants=[source], context={"aws:SourceArn": None})
    wrong: list[dict[str, Any]] = [
        {"GranteePrincipal": ADMIN},
        {"Operations": ["Decrypt"]},
        {**grant, "GranteePrincipal": 7},
        {**grant, "Constraints": {"Moon": "full"}},
    ]
    for one in wrong:
        with pytest.raises(InvalidRequestError) as caught:
            decide(policy(), ADMIN, grants=[one])
        assert caught.value.problems[0].field == "grants[0]"
    for shape in (grant, [7], 7, [{**grant, "Operations": "Decrypt"}]):
        with pytest.raises(TypeError):
            decide(policy(), ADMIN, grants=shape)


def test_a_disabled_key_decrypts_for_nobody() -> None:
    decision = decide(policy(), OWNER, key_state="Disabled")
    assert decision.verdict == "denied"
    [reason] = decision.reasons
    assert (reason.layer, reason.kind) == ("key_state", "key_state")
    assert "`Disabled`" in reason.message
    assert decide(policy(), OWNER, key_state="Disabled", action="kms:PutKeyPolicy").is_allowed
    assert decide(policy(), OWNER, key_state="unknown").verdict == "unknown"
    with pytest.raises(InvalidRequestError, match="`Broken` is not a key state"):
        decide(policy(), OWNER, key_state="Broken")


@pytest.mark.parametrize(
    "principal",
    [
        RECIPIENT,
        f"arn:aws:iam::{RECIPIENT}:root",
        f"arn:aws:iam::{RECIPIENT}:user/somebody",
        f"arn:aws:sts::{RECIPIENT}:assumed-role/Builder/build-7",
        f"arn:aws:sts::{RECIPIENT}:federated-user/somebody",
        "ec2.amazonaws.com",
        "anonymous",
    ],
)
def test_principals_of_every_kind(principal: str) -> None:
    everybody = policy(statement())
    assert decide(everybody, principal, identity_policies=[identity()]).access == "direct"


def test_a_session_is_told_by_its_name() -> None:
    session = f"arn:aws:sts::{RECIPIENT}:assumed-role/Builder/build-7"
    shared = policy(statement({"AWS": session}))
    use: dict[str, Any] = {"identity_policies": [identity()]}
    assert decide(shared, **use).verdict == "unknown"
    assert decide(shared, session_name="build-7", **use).is_allowed
    assert decide(shared, session_name="build-8", **use).verdict == "denied"


def test_what_cannot_be_read_is_told() -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"principal": "somebody"}, "principal"),
        ({"not_given": "all"}, "not_given"),
        ({"identity_policies": [identity(), "{"]}, "identity_policies[1]"),
        ({"boundary": {"Statement": [{"Effect": "Maybe"}]}}, "boundary"),
        ({"service_control_policies": [[identity()], ["[]"]]}, "service_control_policies[1][0]"),
    ]
    for arguments, field in cases:
        with pytest.raises(InvalidRequestError) as caught:
            decide(SHARED, **arguments)
        assert [problem.field for problem in caught.value.problems] == [field]
    with pytest.raises(InvalidPolicyError) as invalid:
        decide(SHARED, boundary={"Statement": [{"Effect": "Maybe"}]})
    assert invalid.value.path == "Statement[0].Effect"
    assert invalid.value.line is None and "`Maybe`" in invalid.value.problem
    with pytest.raises(InvalidRequestError, match="alias/golden"):
        decide(SHARED, key="alias/golden")
    for shape in ({"identity_policies": identity()}, {"service_control_policies": [identity()]}):
        with pytest.raises(TypeError, match="brackets"):
            decide(SHARED, **shape)
    with pytest.raises(TypeError):
        decide(SHARED, boundary=7)


def test_decisions_are_values_and_shown_in_notebooks() -> None:
    decision = decide(policy(statement(Effect="Deny", Sid="<b>no</b>")))
    assert str(decision).startswith("denied\n  resource policy, statement 1 `<b>no</b>`: denies")
    assert "<b>" not in decision._repr_html_() and "&lt;b&gt;" in decision._repr_html_()
    assert pickle.loads(pickle.dumps(decision)) == decision
    assert type(decision).from_json(decision.to_json()).reasons == decision.reasons
    assert repr(decision) == "Decision(verdict='denied', access='deny', reasons=1)"
