#!/bin/sh
# The loop of a widely read article: loop.sh ENDPOINT REGION IMAGE ACCOUNT...
set -eu
endpoint=$1 region=$2 image=$3
shift 3
for account in "$@"; do
    aws ec2 modify-image-attribute \
        --endpoint-url "$endpoint" --region "$region" \
        --image-id "$image" \
        --launch-permission "Add=[{UserId=$account}]"
done
