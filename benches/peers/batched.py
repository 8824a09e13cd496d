"""What a script on boto3 does that knows of lists: batched.py ENDPOINT REGION IMAGE ACCOUNT..."""

import sys

import boto3

CHUNK = 50

endpoint, region, image, *accounts = sys.argv[1:]
ec2 = boto3.client("ec2", region_name=region, endpoint_url=endpoint)
for start in range(0, len(accounts), CHUNK):
    added = [{"UserId": account} for account in accounts[start : start + CHUNK]]
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": added})
