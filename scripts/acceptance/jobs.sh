#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Runs what the jobs have promised, on a SLURM cluster of this machine (root needed), and prints the figures: the chain
# of 8dir_10trials on the tiny network with 2 directions x 2 trials, a trial that fails and is continued; scripts and
# launchers; configs of trials; hostile names.
#
# usage: jobs.sh
# shellcheck source=scripts/acceptance/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
prepare slurm-wlm munge shellcheck
chmod 755 "$work" # munged wants its socket reachable for all
export SLURM_LOCAL_DIR="$work/slurm" SLURM_LOCAL_PORT=26817
check scripts/slurm_local.sh start
trap '"$striate_root/scripts/slurm_local.sh" stop; rm -rf "$work"' EXIT
eval "$(scripts/slurm_local.sh env)"
# Slower machines take longer for jobs than for anything else.
wait_for_jobs() {
  local tries
  for ((tries = 0; tries < 300; ++tries)); do
    [[ -n "$(squeue --noheader)" ]] || break
    sleep 1
  done
  scontrol --oneliner show job | sed -E 's/.*JobName=([^ ]*).*JobState=([^ ]*).*/\1 \2/' | sort | uniq -c
}
jobs() { "$striate" jobs "$1" 8dir_10trials tiny plain "${@:2}" -q; }
cd "$work"
check "$striate" build tiny -q -o tiny >"$work/log"

say "1. the chain, submitted with one command"
check jobs make --site local --only angle=0,45 --only trial=0,1 --trials-per-job 2 --submit
began=$SECONDS
wait_for_jobs
echo "$((SECONDS - began)) s"
check wc -l tiny/metrics/OSI_DSI_DF_plain.csv
check jobs status
say "1. one trial fails: dependency, status, continue"
echo '{' >tiny/configs/8dir_10trials_plain/config_11.json
rm tiny/8dir_10trials_plain/angle45_trial1/spikes.h5
check bash tiny/jobs/submit_8dir_10trials_plain.sh
wait_for_jobs
jobs status
check jobs continue --submit
wait_for_jobs
check jobs status

say "3. scripts: bash -n, shellcheck, sbatch --test-only"
for script in tiny/jobs/*.sh; do
  check bash -n "$script"
  check shellcheck "$script"
  [[ "$script" == */submit_* ]] || check sbatch --test-only "$script" 2>&1 | cut -c1-100
done
say "3. ranks by mpirun and by srun --mpi=pmix"
for site in local local_srun; do
  check "$striate" jobs build tiny -o "$site" --site "$site" --ranks 2 --submit -q
  wait_for_jobs >"$work/log"
  check grep -h "rank(s) by" "$site"/jobs/logs/*.out
  check test -s "$site/network/v1_v1_edges.h5"
done

cd "$striate_root"
say "4. configs of trials"
check_and_show "passed|failed" build/tests/striate_unit_tests -w NoTests -# "[#trial_configs_test]"
say "7. hostile names"
check_and_show "^test|^Ran|OK" env STRIATE="$striate" STRIATE_MPIEXEC=mpirun STRIATE_BUILD=build STRIATE_CMAKE=cmake \
  /usr/bin/python3 -B tests/slurm/jobs_test.py -v JobsTest.test_srun_with_two_ranks_and_hostile_names
check_and_show "passed|failed" build/tests/striate_unit_tests -w NoTests -# "[#job_scripts_test],[#job_site_test]"
"$striate" jobs make 8dir_10trials $'a\nb' plain || echo "code $?"
"$striate" jobs make 8dir_10trials "$work/tiny" $'plain;$(touch x)' || echo "code $?"

finish
