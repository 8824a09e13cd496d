#!/usr/bin/env bash
# Core without the feature `aws` has no crate of the AWS SDK in it.
set -euo pipefail
cd "$(dirname "$0")/.."
tree=$(cargo tree -p ami-share-core --no-default-features --features simulator,mock -e normal --prefix none)
if grep -E '^aws-' <<<"$tree"; then
    echo "core without the feature aws depends on the AWS SDK" >&2
    exit 1
fi
echo "core without the feature aws: $(sort -u <<<"$tree" | wc -l) crates, none of the AWS SDK"
