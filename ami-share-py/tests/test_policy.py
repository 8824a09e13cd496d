"""Key policies: read, kept as they are, patched, compared, linted."""

from __future__ import annotations

import json
import pickle
import random

import pytest

from ami_share import (
    InvalidPolicyError,
    InvalidRequestError,
    KeyPolicy,
    PatchRefusedError,
    caller_iam_policy,
    key_policy_for_sharing,
    recipient_iam_policy,
)
from conftest import OWNER, RECIPIENT, STRANGER
from policy_support import KEY, ORGANIZATION, ROLE, ROOT, UNIT, policy, statement


def refused(text: str) -> InvalidPolicyError:
    with pytest.raises(InvalidPolicyError) as caught:
        KeyPolicy.parse(text)
    return caught.value


def test_a_policy_is_kept_byte_for_byte() -> None:
    parsed = KeyPolicy.parse(ROOT)
    assert str(parsed) == ROOT
    assert parsed.size == len(ROOT.encode())
    assert parsed.to_dict() == json.loads(ROOT)
    [only] = parsed.statements
    assert str(only) in ROOT and json.loads(str(only)) == only_statement()
    assert (only.index, only.sid, only.is_ours) == (0, "Enable IAM User Permissions", False)
    assert (parsed.version, parsed.id) == ("2012-10-17", None)
    assert KeyPolicy.parse('{"Id": "é", "Statement": []}').id == "é"
    assert KeyPolicy.parse('{"Statement": []}').version == "2008-10-17"


def only_statement() -> object:
    return json.loads(ROOT)["Statement"]


def test_an_en_dash_is_told_with_its_place() -> None:
    error = refused('{\n  "Version": "2012\u201310\u201317", "Statement": []}')
    assert isinstance(error, InvalidRequestError) and isinstance(error, ValueError)
    assert (error.line, error.column, error.path) == (2, 19, "Version")
    assert error.problem.startswith("the character `\u2013` (U+2013)")
    assert error.problem.endswith("write `-`")
    assert str(error) == f"line 2, column 19, at `Version`: {error.problem}"
    assert [problem.field for problem in error.problems] == ["text"]
    copy = pickle.loads(pickle.dumps(error))
    assert vars(copy) == vars(error) and str(copy) == str(error)


@pytest.mark.parametrize(
    ("text", "path", "problem"),
    [
        ('{"Version": "2012-10-17", "Version": "2012-10-17"}', "Version", "given twice"),
        (ROOT.replace('"Action": "kms:*"', '"Action": "a", "Action": "b"'), "Statement.Action", ""),
        (ROOT.replace('"Allow"', '"allow"'), "Statement.Effect", "`allow` is not known here"),
        (ROOT.replace('"kms:*"', "7"), "Statement.Action", "found a number"),
        (ROOT.replace("Effect", "effect"), "Statement.effect", "not known here"),
        ("", "", "found the end of the text"),
        (ROOT + ",", "", "text follows the policy"),
        ("\x00", "", ""),
        ("null", "", ""),
    ],
)
def test_what_kms_would_refuse_is_told(text: str, path: str, problem: str) -> None:
    error = refused(text)
    assert error.path == path and problem in error.problem
    assert error.line is not None and error.column is not None
    assert "\n" not in str(error) and len(str(error)) < 1000


def test_garbage_is_refused_and_never_crashes() -> None:
    for deep in ("[" * 100_000, '{"a":' * 100_000):
        assert "too deep" in refused(deep).problem or refused(deep).path == "a"
    chance = random.Random(7)
    for _ in range(3000):
        garbled = list(ROOT)
        for _ in range(chance.randrange(1, 4)):
            place = chance.randrange(len(garbled))
            garbled[place : place + chance.randrange(3)] = chance.choice('{}[]",:\\*\u2013\x00 a1')
        try:
            KeyPolicy.parse("".join(garbled)).lint()
        except InvalidPolicyError as error:
            assert error.problem
    for wrong in (None, 7, b"{}"):
        with pytest.raises(TypeError):
            KeyPolicy.parse(wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        KeyPolicy.parse("\ud800")
    with pytest.raises(TypeError):
        KeyPolicy()


def test_promise_2_patching_touches_nothing_else_and_can_be_undone() -> None:
    before = KeyPolicy.parse(ROOT)
    patched = before.patched(
        accounts=[STRANGER, RECIPIENT],
        iam_principals=[ROLE],
        organizations=[ORGANIZATION],
        organizational_units=[UNIT],
        service_roles=["AWSServiceRoleForAutoScaling"],
        via_ec2_in="us-east-1",
        key=KEY,
    )
    assert "AmiShareAccountsUse" in patched.added
    assert (patched.changed, patched.removed) == ([], [])
    assert not patched.is_unchanged and patched.administration == "kept"
    assert "Enable IAM User Permissions" in patched.administration_reason
    assert str(before.statements[0]) in str(patched.policy)
    assert patched.before == before and patched.policy != before
    assert patched.policy.shared_with() == [RECIPIENT, STRANGER, ROLE, "o-exampleorg1", UNIT]
    assert [s.sid for s in patched.policy.statements if s.is_ours] == patched.added
    back = patched.policy.without_ours()
    assert str(back.policy) == ROOT and back.removed == patched.added
    assert patched.policy.patched().policy == before


def test_promise_5_patching_twice_changes_nothing() -> None:
    once = KeyPolicy.parse(ROOT).patched(accounts=[RECIPIENT]).policy
    again = once.patched(accounts=[RECIPIENT])
    assert again.is_unchanged and again.policy == once and again.diff.is_empty
    assert again.administration == "untouched"
    # Another rendering of the same.
    stored = str(once).replace(f'"arn:aws:iam::{RECIPIENT}:root"', f'["{RECIPIENT}"]')
    assert stored != str(once)
    rendered = KeyPolicy.parse(stored)
    assert rendered.is_equivalent_to(once) and rendered != once
    assert rendered.patched(accounts=[RECIPIENT]).is_unchanged


def test_recipients_are_added_and_taken_out() -> None:
    one = KeyPolicy.parse(ROOT).patched(accounts=[RECIPIENT], via_ec2_in="us-east-1").policy
    two = one.patched_with(accounts=[STRANGER], organizations=[ORGANIZATION])
    assert "AmiShareAccountsUse" in two.changed
    assert two.policy.shared_with() == [RECIPIENT, STRANGER, "o-exampleorg1"]
    assert "ec2.us-east-1.amazonaws.com" in str(two.policy.statements[-1])
    less = two.policy.patched_without(accounts=[STRANGER], organizations=[ORGANIZATION])
    assert less.policy.is_equivalent_to(one)
    assert less.policy.patched_without(accounts=[STRANGER]).is_unchanged


def test_what_somebody_edited_is_not_guessed_at() -> None:
    patched = KeyPolicy.parse(ROOT).patched(accounts=[RECIPIENT]).policy
    edited = KeyPolicy.parse(str(patched).replace("kms:Decrypt", "kms:Encrypt"))
    for call in (edited.shared_with, edited.patched_with, edited.patched_without):
        with pytest.raises(PatchRefusedError, match="`AmiShareAccountsUse`") as caught:
            call()
        assert caught.value.kind == "edited_statements"
    assert edited.patched(accounts=[RECIPIENT]).changed == ["AmiShareAccountsUse"]


def test_promise_1_everybody_is_never_named_without_an_organization() -> None:
    patched = KeyPolicy.parse(ROOT).patched(
        organizations=[ORGANIZATION],
        organizational_units=[UNIT],
        service_roles=["AWSServiceRoleForEC2Spot"],
    )
    everybody = [json.loads(str(s)) for s in patched.policy.statements if s.is_ours]
    assert everybody
    for one in everybody:
        assert one["Principal"] == "*"
        assert one["Condition"]["StringEquals"]["aws:PrincipalOrgID"] == "o-exampleorg1"
    assert patched.policy.lint() == []


def test_a_patch_that_would_do_harm_is_refused_with_its_mend() -> None:
    cases = [
        (policy(statement({"AWS": "AROAEXAMPLEID12345678"})), "dead_principal"),
        (KeyPolicy.parse('{"Version": "2012-10-17", "Statement": []}'), "lockout"),
        (policy(*[statement(Sid=f"s{n}" * 50) for n in range(200)]), "too_large"),
    ]
    for before, kind in cases:
        with pytest.raises(PatchRefusedError) as caught:
            before.patched(accounts=[RECIPIENT])
        assert caught.value.kind == kind and caught.value.mend
        assert pickle.loads(pickle.dumps(caught.value)).mend == caught.value.mend
    with pytest.raises(PatchRefusedError) as caught:
        policy(version="2008-10-17").patched(
            accounts=[RECIPIENT], service_roles=["AWSServiceRoleForEC2Spot"]
        )
    assert caught.value.kind == "no_variables"
    with pytest.raises(PatchRefusedError) as caught:
        policy().patched(iam_principals=[ROLE.replace("arn:aws:", "arn:aws-cn:")])
    assert caught.value.kind == "partitions"


def test_all_that_is_wrong_with_recipients_is_told_at_once() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        KeyPolicy.parse(ROOT).patched(
            accounts=["1"],
            iam_principals=[f"arn:aws:iam::{RECIPIENT}:root"],
            organizations=["o-exampleorg1"],
            organizational_units=["ou-ab12-11111111"],
            service_roles=["AWSServiceRoleForNobody"],  # type: ignore[list-item]
            via_ec2_in="us",
            key="alias/golden",
        )
    assert [problem.field for problem in caught.value.problems] == [
        "accounts",
        "iam_principals",
        "organizations",
        "organizational_units",
        "service_roles",
        "via_ec2_in",
        "key",
    ]
    with pytest.raises(TypeError, match="brackets"):
        KeyPolicy.parse(ROOT).patched(accounts=RECIPIENT)


def test_a_diff_is_for_people_and_escaped_for_notebooks() -> None:
    before = policy(statement({"AWS": RECIPIENT}, Sid="<script>alert(1)</script>"))
    after = policy(statement({"AWS": STRANGER}, Sid="<script>alert(1)</script>"))
    diff = before.diff(after)
    assert diff.summary == "statements: 0 added, 1 changed, 0 removed, 1 unchanged"
    assert str(diff).startswith(diff.summary)
    marks = [mark for mark, line in diff.lines if RECIPIENT in line or STRANGER in line]
    assert marks == ["-", "+"]
    assert str(diff).count("\n") == len(diff.lines)
    for shown in (diff._repr_html_(), before._repr_html_(), before.patched()._repr_html_()):
        assert shown.startswith("<div") and "<script" not in shown
    assert "&lt;script&gt;" in diff._repr_html_() and "&lt;script&gt;" in before._repr_html_()
    assert (diff.before, diff.after) == (before, after)
    assert before.diff(before).is_empty and before.diff(before).summary == "no change"


def test_policies_are_values() -> None:
    one, other = KeyPolicy.parse(ROOT), policy()
    assert one == KeyPolicy.parse(ROOT) and one != other and one.is_equivalent_to(other)
    assert len({one, other, KeyPolicy.parse(ROOT)}) == 2
    assert pickle.loads(pickle.dumps(one)) == one
    assert repr(one) == f"KeyPolicy(statements=['Enable IAM User Permissions'], size={one.size})"
    with pytest.raises(AttributeError):
        one.size = 1  # type: ignore[misc]


def kinds(linted: KeyPolicy) -> list[str]:
    return [finding.kind for finding in linted.lint()]


def test_lint_finds_a_key_that_for_all_values_opens_to_the_world() -> None:
    condition = {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": f"{UNIT}*"}}
    [finding] = policy(statement(Sid="open", Condition=condition)).lint()
    assert (finding.kind, finding.statement, finding.sid) == ("open_to_the_world", 1, "open")
    assert "ForAllValues" in finding.message and "aws:PrincipalOrgID" in finding.mend
    assert str(finding) == f"statement `open`: {finding.message}"


def test_lint_has_a_word_for_each_kind() -> None:
    assert policy().lint() == []
    assert kinds(policy(statement())) == ["open_to_the_world"]
    assert kinds(policy(statement({"AWS": "AIDAEXAMPLEID12345678"}))) == ["dead_principal"]
    assert kinds(policy(statement({"AWS": RECIPIENT}, Resource=[]))) == ["no_effect"]

    def under(operator: str, *keys: str, version: str = "2012-10-17") -> list[str]:
        condition = {operator: dict.fromkeys(keys, "${aws:username}")}
        return kinds(policy(statement({"AWS": RECIPIENT}, Condition=condition), version=version))

    assert under("StringEquals", "aws:PrincipalArn") == []
    assert under("StringSame", "aws:PrincipalArn") == ["unknown_operator"]
    assert under("StringEquals", "aws:PrincipalArm") == ["unknown_key"]
    assert "repeated_key" in under("StringEquals", "aws:PrincipalArn", "aws:principalarn")
    assert under("StringEquals", "aws:PrincipalArn", version="2008-10-17") == ["old_variable"]
    twice = statement({"AWS": RECIPIENT}, Sid="Enable IAM User Permissions")
    assert kinds(policy(twice)) == ["repeated_sid"]


def test_lint_names_who_is_not_trusted() -> None:
    shared = KeyPolicy.parse(ROOT).patched(accounts=[RECIPIENT], organizations=[ORGANIZATION])
    lint = shared.policy.lint
    trusted = [OWNER, RECIPIENT]
    assert lint(trusted_accounts=trusted, trusted_organizations=[ORGANIZATION]) == []
    found = lint(trusted_accounts=trusted)
    assert {finding.kind for finding in found} == {"untrusted"}
    assert all("o-exampleorg1" in finding.message for finding in found)
    found = lint(trusted_accounts=[OWNER], trusted_organizations=[ORGANIZATION])
    assert found and all(RECIPIENT in finding.message for finding in found)
    found = lint(trusted_organizations=[ORGANIZATION])
    assert any(OWNER in finding.message for finding in found)
    with pytest.raises(InvalidRequestError) as caught:
        lint(trusted_accounts=["1"], trusted_organizations=["o-1"])
    fields = [problem.field for problem in caught.value.problems]
    assert fields == ["trusted_accounts", "trusted_organizations"]


def test_generators_give_policies() -> None:
    made = key_policy_for_sharing(OWNER, accounts=[RECIPIENT], organizational_units=[UNIT])
    assert made.shared_with() == [RECIPIENT, UNIT] and made.lint() == []
    assert made.statements[0].sid == "Enable IAM User Permissions"
    assert OWNER in str(made.statements[0])
    with pytest.raises(InvalidRequestError, match="`1` is not an account id"):
        key_policy_for_sharing("1")

    text = recipient_iam_policy(keys=[KEY], images=["ami-0123456789abcdef0"], copy=True)
    sids = [statement["Sid"] for statement in json.loads(text)["Statement"]]
    assert "UseKeys" in sids and "CopyImages" in sids
    assert "CopyImages" not in recipient_iam_policy(keys=[KEY])
    assert "kms:" not in recipient_iam_policy()
    with pytest.raises(InvalidRequestError) as caught:
        recipient_iam_policy(keys=["alias/x"], images=["i-1"])
    assert [problem.field for problem in caught.value.problems] == ["keys", "images"]

    needs = [("ec2:DescribeImages", "*"), ("kms:GetKeyPolicy", KEY), ("kms:PutKeyPolicy", KEY)]
    text = caller_iam_policy(needs)
    assert text == caller_iam_policy(reversed(needs))
    allowed = {
        (action, resource)
        for statement in json.loads(text)["Statement"]
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }
    assert allowed == set(needs)
    with pytest.raises(InvalidRequestError, match="`DescribeImages` is not an action"):
        caller_iam_policy([("DescribeImages", "*")])
    with pytest.raises((TypeError, ValueError)):
        caller_iam_policy(["ec2:DescribeImages"])  # type: ignore[list-item]


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
