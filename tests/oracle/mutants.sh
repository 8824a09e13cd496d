#!/bin/sh
# Plants bugs in a copy of the evaluator, one by one, and shows that the saved cases catch each.
#
# Nothing in the work tree changes. MUTANTS_TARGET keeps the build of the copy for the next run.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH= cd -- "$here/../.." && pwd)
cargo=${CARGO:-cargo}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CARGO_TARGET_DIR="${MUTANTS_TARGET:-$work/target}"

mkdir "$work/copy"
(cd "$root" && tar -cf - --exclude=./target --exclude=node_modules --exclude=./.git --exclude=./.venv .) |
    tar -xf - -C "$work/copy"
cd "$work/copy"
policy=ami-share-core/src/policy
cp -r "$policy" "$work/policy"
# A kept build may be that of a bug.
find "$policy" -name '*.rs' -exec touch {} +

oracle() {
    "$cargo" test --quiet -p ami-share --no-default-features --test oracle >"$work/log" 2>&1
}

oracle || { cat "$work/log"; echo "the saved cases fail without any bug"; exit 1; }
planted=0
missed=0
while IFS= read -r line; do
    case $line in '' | '#'*) continue ;; esac
    planted=$((planted + 1))
    # Fields are parted by ` | `; `\|` is a bar and `\n` a new line.
    MUTANT=$line perl -e '
        my @f = map { s/\\\|/|/g; s/\\n/\n/g; $_ } split / \| /, $ENV{MUTANT}, 4;
        my $path = "$ARGV[0]/$f[1]";
        open(my $in, "<", $path) or die "$path: $!"; local $/; my $text = <$in>; close $in;
        my $at = index($text, $f[2]);
        die "`$f[0]`: its code is not in $f[1]\n" if $at < 0;
        substr($text, $at, length $f[2]) = $f[3];
        open(my $out, ">", $path) or die "$path: $!"; print $out $text;
    ' "$policy"
    name=${line%% | *}
    if oracle; then
        result=MISSED
        missed=$((missed + 1))
    elif grep -q '^error' "$work/log" && ! grep -q 'evaluation_agrees' "$work/log"; then
        cat "$work/log"
        echo "\`$name\` does not compile"
        exit 1
    else
        result="caught by $(sed -n 's/.*cases, \([0-9]*\) wrong.*/\1/p' "$work/log") cases"
    fi
    printf '%-46s %s\n' "$name" "$result"
    rm -rf "$policy"
    cp -r "$work/policy" "$policy"
    # A new time, so that the next build sees the file that is back.
    find "$policy" -name '*.rs' -exec touch {} +
done <"$here/mutants.txt"
echo "$planted bugs planted, $missed missed"
[ "$missed" -eq 0 ] && [ "$planted" -ge 15 ]
