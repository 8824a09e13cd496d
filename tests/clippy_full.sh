#!/usr/bin/env bash
# Clippy over everything with the AWS SDK in it.
#
# `cargo clippy` would check the SDK's crates once more, for minutes. The linter as the compiler of our
# own crates gives the same answers from the build that the tests use.
set -euo pipefail
cd "$(dirname "$0")/.."
RUSTC_WORKSPACE_WRAPPER=$(rustup which clippy-driver 2>/dev/null || command -v clippy-driver) \
    CLIPPY_ARGS="-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__" \
    cargo build --all-targets "$@"
