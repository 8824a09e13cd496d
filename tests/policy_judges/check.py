"""Asks foreign judges about the policies that we generate.

`tests/policy_judges/main.rs` writes the policies and runs this with their directory. The directory holds `<name>.json`, a policy, and `<name>.trusted.json` beside each key policy: the
accounts and organizations that it is meant for. Exits with 1 if a judge objects.

- parliament finds the policy valid. By rule, not by case, these are left out: RESOURCE_STAR (a key
  policy's `*` is the key itself), and of KMS's own default statement its Sid with spaces.
- policyuniverse does not find a key policy accessible from the internet.
- Custodian's PolicyChecker finds no violation while all intended parties are trusted, and finds one as
  soon as any single one of them is not.

First each judge is shown a policy that it has to object to: one that never objects is no judge.
"""

import json
import sys
from pathlib import Path

from c7n.filters.iamaccess import PolicyChecker
from parliament import analyze_policy_string
from policyuniverse.policy import Policy

DEFAULT_SID = "Enable IAM User Permissions"


def main() -> int:
    directory = Path(sys.argv[1])
    policies = sorted(
        path for path in directory.glob("*.json") if not path.name.endswith(".trusted.json")
    )
    objections = blind_judges()
    asked = 0
    for path in policies:
        text = path.read_text(encoding="utf-8")
        asked += 1
        objections += [f"{path.name}: parliament: {told}" for told in parliament(text)]
        trusted_path = path.with_suffix(".trusted.json")
        if not trusted_path.exists():
            continue
        trusted = json.loads(trusted_path.read_text(encoding="utf-8"))
        if Policy(json.loads(text)).is_internet_accessible():
            objections.append(f"{path.name}: policyuniverse: accessible from the internet")
        objections += [f"{path.name}: c7n: {told}" for told in custodian(text, trusted)]
    for objection in objections:
        print(objection)
    print(f"{asked} policies judged, {len(objections)} objections")
    return 1 if objections or not asked else 0


def blind_judges() -> list[str]:
    """The judges that do not see what is plainly wrong."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
    world = {"Version": "2012-10-17", "Statement": [statement]}
    wrong = {**statement, "Condition": {"StringEqual": {"aws:PrincipalOrgID": "o-exampleorg1"}}}
    misspelt = {"Version": "2012-10-17", "Statement": [wrong]}
    nobody = {"accounts": [], "organizations": []}
    sees = {
        "parliament": bool(parliament(json.dumps(misspelt))),
        "policyuniverse": Policy(world).is_internet_accessible(),
        "c7n": bool(violations_of(json.dumps(world), nobody)),
    }
    return [f"{judge} sees nothing wrong in a wrong policy" for judge, ok in sees.items() if not ok]


def parliament(text: str) -> list[str]:
    """What parliament objects to, without what its rules get wrong about key policies."""
    told = []
    for finding in analyze_policy_string(text).findings:
        if finding.issue == "RESOURCE_STAR":
            continue
        if finding.issue == "INVALID_SID" and DEFAULT_SID in str(finding.location):
            continue
        told.append(f"{finding.issue} {finding.detail} {finding.location}")
    return told


def custodian(text: str, trusted: dict[str, list[str]]) -> list[str]:
    """Where Custodian's verdict is not what the trusted parties call for."""
    told = []
    if violations := violations_of(text, trusted):
        told.append(f"violation with all parties trusted: {violations}")
    for kind, parties in trusted.items():
        for party in parties:
            fewer = {**trusted, kind: [other for other in parties if other != party]}
            if not violations_of(text, fewer):
                told.append(f"no violation without {party}")
    return told


def violations_of(text: str, trusted: dict[str, list[str]]) -> list[dict]:
    checker = PolicyChecker(
        {
            "allowed_accounts": set(trusted["accounts"]),
            "allowed_orgid": set(trusted["organizations"]),
            # They narrow, and say nothing about who: without these the checker gives up on them.
            "whitelist_conditions": {"kms:granteeprincipal", "kms:viaservice"},
        }
    )
    return checker.check(text)


if __name__ == "__main__":
    sys.exit(main())
