#!/usr/bin/env bash
# Installs what the tests need and runs them all; arguments go to pytest (for example: bash tools/test.sh -m "not slow").
set -euo pipefail
source "$(dirname "$0")/environment.sh"
make_environment test
cd "$root"
"$PYTHON" -m ruff check .
"$PYTHON" -m ruff format --check .
"$PYTHON" -m mypy
exec "$PYTHON" -m pytest "$@"
