// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/jobs/script_parts.hpp"

namespace striate::slurm::script_parts {

const char* const machinery = R"sh(
pid='' signalled=0 stopped=0 rc=0
forward() {
  signalled=1 stopped="$2"
  [[ -n "$pid" ]] || exit "$2"
  kill -s "$1" "$pid" 2>/dev/null || true
}
trap 'forward TERM 143' TERM
trap 'forward USR1 138' USR1
# run COMMAND…: behind this shell, so that a signal reaches it at once
run() {
  local code
  "$@" &
  pid=$!
  while :; do
    signalled=0 code=0
    wait "$pid" || code=$?
    ((signalled)) || break # else wait was cut short
  done
  pid=''
  # What launchers end with when they are stopped (mpirun: 1) says nothing; the signal does.
  if ((stopped != 0 && (code == 1 || code >= 128))); then code=$stopped; fi
  return "$code"
}
)sh";

const char* const notes = R"sh(
unfinished() { "${striate[@]}" jobs missing "$stage" "${runs[@]}" "$@"; }
# Hundredths of a second by a clock that nobody sets: whole ones would count a short job as nothing.
uptime_in_cs() { sed 's/^\([0-9]*\)\.\([0-9]*\).*/10#\1\2/' /proc/uptime; }
began="$(uptime_in_cs)"
declare -A codes=()
note_end() {
  local code=$? item left reason used_cs
  trap - EXIT
  trap '' TERM USR1 # the notes are written whatever comes
  left="$(unfinished "${todo[@]}")" || left="${todo[*]}"
  for item in "${todo[@]}"; do
    rm -f -- "$state/$item.started"
    if [[ " ${left//$'\n'/ } " == *" $item "* ]]; then
      # 70: the work said that all was well, and still the output is not what it should be.
      ((code != 0)) || code=70
      reason="${codes[$item]:-$code}"
      ((reason != 0)) || reason=70
      printf 'exit=%s\njob=%s\nlog=%s\n' "$reason" "$job" "$log" >"$state/$item.failed"
    else
      rm -f -- "$state/$item.failed"
    fi
  done
  if declare -F unstage >/dev/null; then unstage; fi
  # What status adds up, in core-seconds.
  if [[ -n "${SLURM_JOB_ID:-}" ]]; then
    used_cs=$((($(uptime_in_cs) - began) * ${SLURM_CPUS_ON_NODE:-1} * ${SLURM_JOB_NUM_NODES:-1}))
    printf '%d.%02d\n' "$((used_cs / 100))" "$((used_cs % 100))" >>"$used/$job" || true
  fi
  if ((code == 75)) && declare -F go_on >/dev/null; then go_on; fi
  exit "$code"
}
trap note_end EXIT
mkdir -p -- "$state" "$used"
found="$(unfinished "${todo[@]}")"
if [[ -z "$found" ]]; then
  echo "all is there: nothing to do"
  exit 0
fi
mapfile -t todo <<<"$found"
echo "to do: ${todo[*]}"
for item in "${todo[@]}"; do
  rm -f -- "$state/$item.failed"
  printf 'job=%s\nlog=%s\n' "$job" "$log" >"$state/$item.started"
done
)sh";

const char* const staged = R"sh(
copies=''
on_each_node=(srun --mpi=none --overlap --nodes="${SLURM_JOB_NUM_NODES:-1}" --ntasks="${SLURM_JOB_NUM_NODES:-1}" --ntasks-per-node=1)
unstage() { [[ -z "$copies" ]] || timeout 20 "${on_each_node[@]}" rm -rf -- "$copies" || true; }
if [[ "$scratch" != /* ]]; then
  echo "no folder for copies of the network (the site's scratch is '$scratch' here): it is read where it is" >&2
else
  copies="$scratch/striate_${SLURM_JOB_ID:-$$}"
  # shellcheck disable=SC2016  # for the shells on the nodes
  if run "${on_each_node[@]}" bash -c 'mkdir -p -- "$1" && cp -p -- "${@:2}" "$1"' copy "$copies" "${network_files[@]}"; then
    command+=(--network-copies "$copies")
  else
    ((stopped == 0)) || exit "$stopped"
    echo "the network could not be copied to $copies: it is read where it is" >&2
  fi
fi
)sh";

const char* const together = R"sh(
# Whether the item of $output and ${arguments[@]} stopped with a checkpoint, and its config is what it was.
goes_on() {
  local file
  for file in checkpoint.h5 checkpoint_before.h5; do
    [[ -z "$output" || ! "$output/$file" -nt "${arguments[0]}" ]] || return 0
  done
  return 1
}
words=() resume=()
for item in "${todo[@]}"; do
  arguments_of "$item"
  words+=("${arguments[@]}")
  if goes_on; then resume=(--resume); fi
done
run "${launcher[@]}" "${striate[@]}" "${command[@]}" "${words[@]}" "${resume[@]}" || rc=$?
)sh";

const char* const each_alone = R"sh(
# What is wrong with the input of one (65, 66, 78) must not keep its neighbours from running.
if ((${#todo[@]} > 1 && (rc == 65 || rc == 66 || rc == 78))); then
  found="$(unfinished "${todo[@]}")"
  rc=0
  for item in $found; do
    arguments_of "$item"
    codes[$item]=0 resume=()
    if goes_on; then resume=(--resume); fi
    run "${launcher[@]}" "${striate[@]}" "${command[@]}" "${arguments[@]}" "${resume[@]}" || codes[$item]=$?
    ((codes[$item] == 0)) || rc=${codes[$item]}
    ((rc < 128 && rc != 75)) || break # stopped: so are the others
  done
fi
)sh";

const char* const one_by_one = R"sh(
for item in "${todo[@]}"; do
  arguments_of "$item"
  codes[$item]=0
  run "${striate[@]}" "${command[@]}" "${arguments[@]}" || codes[$item]=$?
  ((codes[$item] == 0)) || rc=${codes[$item]}
  ((rc < 128)) || break
done
)sh";

const char* const requeued = R"sh(
# 75: stopped with a checkpoint because the time was up. The job waits in the queue again and goes on from there.
go_on() {
  if ((${SLURM_RESTART_COUNT:-0} >= most_restarts)); then
    echo "stopped with a checkpoint, and started $most_restarts times before: not requeued any more" >&2
  elif [[ -n "${SLURM_JOB_ID:-}" ]] && scontrol requeue "$SLURM_JOB_ID"; then
    trap - TERM
    sleep 60 # SLURM ends this shell meanwhile
  else
    echo "stopped with a checkpoint and cannot be requeued: continue by hand" >&2
  fi
}
)sh";

const char* const exit_with_code = "exit \"$rc\"\n";

}  // namespace striate::slurm::script_parts
