#!/usr/bin/env bash
# Runs the Python tests of the wheel in target/wheels: in the virtual environment given, and on every
# other Python from 3.10 to 3.13 that is installed. One abi3 wheel serves all of them.
set -euo pipefail
venv=$1
cd "$(dirname "$0")/../.."
wheel=$(ls target/wheels/ami_share-*.whl)

run() { # PYTHON
    "$1" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps "$wheel"
    "$1" -m pytest -q ami-share-py/tests
}

# A version manager may have a command for a version that it then does not run.
find_python() { # VERSION
    for python in "python$1" "$HOME"/.pyenv/versions/"$1".*/bin/python; do
        if "$python" --version >/dev/null 2>&1; then
            echo "$python"
            return
        fi
    done
}

main=$("$venv/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
echo "== Python $main"
run "$venv/bin/python"
for version in 3.10 3.11 3.12 3.13; do
    [ "$version" = "$main" ] && continue
    python=$(find_python "$version")
    if [ -z "$python" ]; then
        echo "== Python $version is not installed here: not tested"
        continue
    fi
    other="$venv-$version"
    echo "== Python $version"
    test -x "$other/bin/python" || "$python" -m venv "$other"
    "$other/bin/python" -m pip install --quiet --disable-pip-version-check -r ami-share-py/requirements-test.txt
    run "$other/bin/python"
done
