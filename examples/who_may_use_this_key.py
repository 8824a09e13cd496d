"""Says who may use a KMS key by its key policy, and why, and what is suspicious in it.

python examples/who_may_use_this_key.py [policy.json] [--key ARN] [--action kms:Decrypt]
    [--principal ARN-or-account …] [--context aws:PrincipalOrgID=o-… …]

Without a policy, one that is built in is looked at. Nothing is asked of AWS: what the principals'
own policies say is unknown, and other layers, such as grants, are taken for none. To get a policy:
aws kms get-key-policy --key-id … --policy-name default --query Policy --output text > policy.json
"""

import argparse
import sys
from pathlib import Path

from ami_share import AmiShareError, KeyPolicy

KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PRINCIPALS = [
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:role/Admin",
    "arn:aws:iam::111122223333:role/Intern",
    "arn:aws:iam::444455556666:role/Builder",
    "arn:aws:iam::777788889999:role/Stranger",
]
SAMPLE = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Enable IAM User Permissions",
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
      "Action": "kms:*",
      "Resource": "*"
    },
    {
      "Sid": "Use by the build account",
      "Effect": "Allow",
      "Principal": {"AWS": ["444455556666", "AIDAEXAMPLEID12345678"]},
      "Action": ["kms:Decrypt", "kms:DescribeKey"],
      "Resource": "*"
    },
    {
      "Sid": "Use in our organization",
      "Effect": "Allow",
      "Principal": "*",
      "Action": "kms:Decrypt",
      "Resource": "*",
      "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}}
    },
    {
      "Sid": "Look at it in our OU",
      "Effect": "Allow",
      "Principal": "*",
      "Action": "kms:DescribeKey",
      "Resource": "*",
      "Condition": {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorg1/r-ab12/*"}}
    },
    {
      "Sid": "Not for interns",
      "Effect": "Deny",
      "Principal": {"AWS": "arn:aws:iam::111122223333:role/Intern"},
      "Action": "kms:*",
      "Resource": "*"
    }
  ]
}"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Say who may use a KMS key.")
    parser.add_argument("policy", nargs="?", type=Path, help="a file with the key policy")
    parser.add_argument("--key", default=KEY, help="the ARN of the key")
    parser.add_argument("--action", default="kms:Decrypt")
    parser.add_argument("--principal", action="append", dest="principals")
    parser.add_argument("--context", action="append", default=[], help="a condition key, KEY=VALUE")
    return parser.parse_args()


def run(given: argparse.Namespace) -> None:
    text = given.policy.read_text(encoding="utf-8") if given.policy else SAMPLE
    policy = KeyPolicy.parse(text)
    print(f"{len(policy.statements)} statements, {policy.size} bytes")

    print(f"\n--- Who may {given.action}\n")
    pairs = (pair.partition("=") for pair in given.context)
    context = {key: value for key, _, value in pairs}
    for principal in given.principals or PRINCIPALS:
        decision = policy.evaluate(
            principal=principal,
            action=given.action,
            key=given.key,
            context=context,
            identity_policies="unknown",
            not_given="none",
        )
        print(f"{principal}: {decision}")
        print(f"  the key policy by itself: {decision.access}\n")

    print("--- What is suspicious\n")
    for finding in policy.lint():
        print(f"{finding}\n  mend: {finding.mend}")


def main() -> int:
    try:
        run(arguments())
    except (AmiShareError, OSError, UnicodeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
