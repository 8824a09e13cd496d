#!/bin/sh
# Compares our evaluator with a foreign judge on fresh cases: `run.sh [COUNT] [SEED] [SAVE_COUNT]`.
#
# Needs Node. Without SEED the cases are new in each run; the seed is printed. With SAVE_COUNT so many
# agreed cases become the saved set that `cargo test` runs without Node.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH= cd -- "$here/../.." && pwd)
count=${1:-24000}
seed=${2:-$(date +%s)}
cargo=${CARGO:-cargo}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -d "$here/node_modules/@cloud-copilot/iam-simulate" ]; then
    (cd "$here" && npm install --no-audit --no-fund --no-package-lock --ignore-scripts)
fi
oracle() {
    (cd "$root" && "$cargo" test --quiet --release -p ami-share --no-default-features --test oracle -- "$@")
}

echo "seed $seed"
oracle generate "$count" "$seed" >"$work/questions"
# One process for each half: the judge uses one core.
half=$(((count + 1) / 2))
split -l "$half" "$work/questions" "$work/part."
for part in "$work"/part.*; do
    node "$here/judge.mjs" <"$part" >"$part.verdicts" &
    pids="${pids:-} $!"
done
for pid in $pids; do
    wait "$pid"
done
cat "$work"/part.*.verdicts >"$work/verdicts"
if [ $# -ge 3 ]; then
    oracle compare "$work/questions" "$work/verdicts" "$here/saved.jsonl" "$3"
else
    oracle compare "$work/questions" "$work/verdicts"
fi
