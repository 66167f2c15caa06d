#!/bin/bash
# Runs what is missing of a plan, shard after shard, and merges:
#   harness/shards/local.sh results/sweep build/bin/harness [--cells=DIR ...]
# On one machine there is nothing to gain from several at once: the harness holds a lock of the whole
# machine while it measures. With HOSTS="a b" shards go to these machines by ssh, one at a time on each,
# under the same paths (a shared file system).
set -euo pipefail
plan=$1
harness=$2
shift 2
count=$(sed -n 's/^  "shards": \([0-9]*\),$/\1/p' "$plan/plan.json")
read -ra hosts <<<"${HOSTS:-}"
lanes=${#hosts[@]}

run_shard() { # run_shard INDEX [HOST]: nothing when all of it is there, the rest of one that was killed
  local summary="$plan/shard-$1/summary.json"
  [ -e "$summary" ] && ! grep -q '"status": "partial"' "$summary" && return 0
  local command=("$harness" run --plan="$plan" --shard="$1/$count" --resume "${arguments[@]}")
  if [ -n "${2:-}" ]; then
    ssh "$2" "cd $(printf %q "$PWD") && $(printf '%q ' "${command[@]}")" >&2
  else
    "${command[@]}" >&2
  fi
}

arguments=("$@")
failed=0
if [ "$lanes" -eq 0 ]; then
  for ((i = 1; i <= count; ++i)); do run_shard "$i" || failed=$?; done
else
  lane() { # every shard of one host
    local worst=0 i
    for ((i = $1 + 1; i <= count; i += lanes)); do run_shard "$i" "${hosts[$1]}" || worst=$?; done
    return "$worst"
  }
  pids=()
  for ((k = 0; k < lanes; ++k)); do lane "$k" & pids+=($!); done
  for pid in "${pids[@]}"; do wait "$pid" || failed=$?; done
fi
"$harness" merge "$plan"/shard-* --out="$plan/merged" || failed=$?
exit "$failed"
