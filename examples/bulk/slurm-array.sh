#!/bin/sh
# A job array of Slurm that shares the settings out among eight tasks:
#
#   job=$(sbatch --parsable slurm-array.sh)
#   sbatch --dependency=afterok:$job --wrap 'policygen index out'
#
#SBATCH --job-name=policygen
#SBATCH --array=1-8
#SBATCH --cpus-per-task=2
#SBATCH --mem=1G
set -eu
exec policygen generate schools.csv --defaults authority.toml --jobs "$SLURM_CPUS_PER_TASK" \
	--shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_MAX" -o out
