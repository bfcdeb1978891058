#!/usr/bin/env bash
# Installs what is missing, records a scenario on the embedded server, checks the shard and leaves a picture to look at.
# Usage: bash tools/demo.sh [folder, by default out/demo]
set -euo pipefail
source "$(dirname "$0")/environment.sh"
make_environment
out="${1:-$root/out/demo}"
simgen() { "$PYTHON" -m simgen.cli "$@"; }
simgen doctor || true
simgen generate scenario=urban_traffic seed=5 weather=clear rig=small duration_s=6 out="$out" overwrite=true
simgen verify "$out"
simgen show "$out" --png "$out/contact_sheet.png"
echo "picture: $out/contact_sheet.png"
