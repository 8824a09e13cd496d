"""Shares an image on AWS, or on any endpoint that speaks EC2.

python examples/share_on_aws.py --region us-east-1 --image ami-… --principal 111122223333
    [--principal …] [--for-copy] [--revoke] [--plan-only] [--profile NAME]
    [--endpoint-url http://127.0.0.1:5000]

Without --profile, credentials come from where the AWS CLI takes them.
"""

import argparse
import sys

from ami_share import AmiShareError, AwsSharer, IncompleteError, ShareRequest


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Share an AMI with other AWS accounts.")
    parser.add_argument("--region", required=True)
    parser.add_argument("--image", action="append", required=True, dest="images")
    parser.add_argument(
        "--principal",
        action="append",
        required=True,
        dest="principals",
        help="a 12-digit account id, or the ARN of an organization or OU",
    )
    parser.add_argument("--for-copy", action="store_true", help="share the snapshots too")
    parser.add_argument("--revoke", action="store_true", help="take the access back")
    parser.add_argument("--plan-only", action="store_true", help="write nothing")
    parser.add_argument("--profile", help="a profile of the AWS configuration files")
    parser.add_argument("--endpoint-url", help="where the calls go instead of AWS")
    return parser.parse_args()


def run(given: argparse.Namespace) -> None:
    request = ShareRequest(
        region=given.region,
        images=given.images,
        principals=given.principals,
        direction="revoke" if given.revoke else "share",
        snapshots="for-copy" if given.for_copy else None,
    )
    sharer = AwsSharer(profile=given.profile, endpoint_url=given.endpoint_url)
    plan = sharer.plan(request)
    print(plan)
    if given.plan_only or plan.is_empty:
        return
    applying = sharer.apply_events(plan, on_change="do-not-look")
    for event in applying:
        print(event, file=sys.stderr)
    print(applying.report)
    print(sharer.verify(request))


def main() -> int:
    try:
        run(arguments())
    except IncompleteError as error:
        print(error.report)
        print(error, file=sys.stderr)
    except AmiShareError as error:
        print(error, file=sys.stderr)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
