"""Our side of `run.py` from Python: ours.py ENDPOINT REGION IMAGE ACCOUNT..."""

import sys

from ami_share import AwsSharer, ShareRequest

endpoint, region, image, *accounts = sys.argv[1:]
AwsSharer(endpoint_url=endpoint).share(
    ShareRequest(region=region, images=[image], principals=accounts)
)
