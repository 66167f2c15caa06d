#!/bin/sh
# A gate for any CI: gate.sh OUT [ARGS of `harness gate`]. The working tree is compared with where it
# left main; OUT is a new folder for the run. Fails as ./dev gate does, and when there is no verdict:
# a missing file is no pass, whatever a wrapper made of the exit code.
set -u
if [ $# -eq 0 ]; then
  echo "usage: gate.sh OUT [ARGS]" >&2
  exit 2
fi
out=$(realpath -m "$1")
shift
root=$(realpath "$(dirname "$0")/../..")
rm -f "$out/verdict.json"
"${ANTINODE_DEV:-$root/dev}" gate --out="$out" "$@"
code=$?
if [ ! -s "$out/verdict.json" ]; then
  echo "gate.sh: there is no $out/verdict.json: the gate did not come to its end" >&2
  [ "$code" -ne 0 ] || code=4
fi
exit "$code"
