"""Key policies that tests start from."""

from __future__ import annotations

import json
from typing import Any

from ami_share import Decision, KeyPolicy
from conftest import OWNER, RECIPIENT

KEY = f"arn:aws:kms:us-east-1:{OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = f"arn:aws:iam::{RECIPIENT}:role/ci/Builder"
ORGANIZATION = f"arn:aws:organizations::{OWNER}:organization/o-exampleorg1"
UNIT = "o-exampleorg1/r-ab12/ou-ab12-11111111/"

#: With the spaces that somebody left in it, and without a new line at the end.
ROOT = f"""{{ "Version" : "2012-10-17",
  "Statement": {{"Sid": "Enable IAM User Permissions", "Effect": "Allow",
     "Principal": {{"AWS": "arn:aws:iam::{OWNER}:root"}},  "Action": "kms:*", "Resource": "*"}} }}"""


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> KeyPolicy:
    """A policy in which the owner's root may do everything, with these statements too."""
    root = json.loads(ROOT)["Statement"]
    return KeyPolicy.parse(json.dumps({"Version": version, "Statement": [root, *statements]}))


def statement(principal: object = "*", **members: Any) -> dict[str, Any]:
    """A statement that allows a principal to decrypt."""
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "kms:Decrypt",
        "Resource": "*",
        **members,
    }


def identity(action: str = "kms:*", effect: str = "Allow") -> dict[str, Any]:
    """An identity policy."""
    only = {"Effect": effect, "Action": action, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [only]}


def decide(key_policy: KeyPolicy, principal: str = ROLE, **arguments: Any) -> Decision:
    """Whether a principal may decrypt; what is not given is not there."""
    arguments = {"action": "kms:Decrypt", "key": KEY, "not_given": "none", **arguments}
    return key_policy.evaluate(principal=principal, **arguments)
