#!/bin/bash
#SBATCH --job-name=antinode
#SBATCH --exclusive
#SBATCH --output=shard-%a.log
# One shard per array task, each alone on its node:
#   sbatch --array=1-4 harness/shards/slurm.sh results/sweep build/bin/harness
# after `harness plan --shards=4 --out=results/sweep ...`; then `harness merge results/sweep/shard-* --out=...`.
# A task that was killed and queued again goes on where it was.
set -euo pipefail
plan=$1
harness=$2
shift 2
count=$(sed -n 's/^  "shards": \([0-9]*\),$/\1/p' "$plan/plan.json")
exec "$harness" run --plan="$plan" --shard="$SLURM_ARRAY_TASK_ID/$count" --resume "$@"
