#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A SLURM cluster of this one machine, for tests: every daemon listens on the loopback interface only, munge has a key
# and a socket of its own, and nothing outside one folder is touched. Needs root's rights.
#
# usage: slurm_local.sh start                 installs slurm-wlm and munge if missing, starts, waits for the node
#        eval "$(slurm_local.sh env)"         what sbatch, srun, … and MPI need to use it
#        slurm_local.sh stop                  ends the daemons; the folder stays, with its logs
#
# SLURM_LOCAL_DIR (/tmp/striate-slurm), SLURM_LOCAL_CPUS (all, at least 2), SLURM_LOCAL_MEM (MB), SLURM_LOCAL_PORT (16817)
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

folder="${SLURM_LOCAL_DIR:-/tmp/striate-slurm}"
port="${SLURM_LOCAL_PORT:-16817}"
PATH="$PATH:/usr/sbin:/sbin"

# Values go into slurm.conf.
[[ "$folder" =~ ^/[A-Za-z0-9._/-]+$ && "$port" =~ ^[0-9]+$ ]] || { echo "invalid SLURM_LOCAL_DIR or SLURM_LOCAL_PORT" >&2; exit 2; }

write_config() {
  local cpus="${SLURM_LOCAL_CPUS:-$(nproc)}" memory="${SLURM_LOCAL_MEM:-}"
  ((cpus >= 2)) || cpus=2 # jobs of two ranks, also on one core
  [[ -n "$memory" ]] || memory=$(($(awk '/^MemTotal/ {print $2}' /proc/meminfo) * 4 / 5 / 1000))
  cat >"$folder/etc/slurm.conf" <<CONFIG
ClusterName=striate-test
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
CredType=cred/munge
# A requeued job may start again when its old credential is void: after 20 s instead of two minutes.
AuthInfo=socket=$folder/run/munge.sock,cred_expire=20
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ReturnToService=2
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd.pid
SlurmdSpoolDir=$folder/spool
StateSaveLocation=$folder/state
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/affinity
SwitchType=switch/none
MpiDefault=pmix
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=2,sched_min_interval=100000
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=500
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
KillWait=5
MinJobAge=600
MaxArraySize=10001
# More cores than the machine has are taken as given.
SlurmdParameters=config_overrides
NodeName=localhost NodeAddr=127.0.0.1 CPUs=$cpus Boards=1 SocketsPerBoard=1 CoresPerSocket=$cpus ThreadsPerCore=1 RealMemory=$memory State=UNKNOWN
PartitionName=debug Nodes=localhost Default=YES MaxTime=01:00:00 State=UP
CONFIG
}

start() {
  ((EUID == 0)) || { echo "a cluster of its own needs root's rights" >&2; exit 69; }
  if ! command -v slurmctld >/dev/null || ! command -v munged >/dev/null; then install_packages slurm-wlm munge; fi
  stop
  mkdir -p "$folder"/{etc,spool,state,log,run}
  chmod 755 "$folder" "$folder"/*
  chmod 700 "$folder/run" # of munge's socket: nobody else's processes may ask for credentials
  write_config
  (umask 077 && dd if=/dev/urandom of="$folder/etc/munge.key" bs=1 count=1024 status=none)
  export SLURM_CONF="$folder/etc/slurm.conf"
  # --force: munged warns of a folder that others cannot enter, which is what is wanted.
  munged --force --socket="$folder/run/munge.sock" --key-file="$folder/etc/munge.key" --pid-file="$folder/run/munged.pid" \
    --log-file="$folder/log/munged.log" --seed-file="$folder/run/munged.seed" --num-threads=2
  chmod 700 "$folder/run/munge.sock"
  if ! slurmctld -f "$SLURM_CONF" || ! slurmd -f "$SLURM_CONF" -N localhost; then
    echo "a daemon does not start; see $folder/log" >&2
    stop
    exit 69
  fi
  local tries
  for ((tries = 0; tries < 100; ++tries)); do
    [[ "$(sinfo --noheader --format=%t 2>/dev/null)" != idle ]] || return 0
    sleep 0.2
  done
  echo "the node did not become idle; see $folder/log" >&2
  stop
  exit 69
}

# Ends the daemons whose process ids are in the folder, if they are what they should be.
stop() {
  local daemon pid tries
  for daemon in slurmd slurmctld munged; do
    [[ -r "$folder/run/$daemon.pid" ]] || continue
    pid="$(<"$folder/run/$daemon.pid")"
    [[ "$(cat "/proc/$pid/comm" 2>/dev/null)" == "$daemon" ]] || continue
    kill "$pid" 2>/dev/null || continue
    for ((tries = 0; tries < 50; ++tries)); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
  done
}

environment() {
  cat <<VARIABLES
export SLURM_CONF=$folder/etc/slurm.conf
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_btl=self,vader OMPI_MCA_oob_tcp_if_include=lo OMPI_MCA_btl_vader_single_copy_mechanism=none
VARIABLES
}

case "${1:-}" in
  start) start ;;
  stop) stop ;;
  env) environment ;;
  *)
    echo "usage: slurm_local.sh start|env|stop" >&2
    exit 2
    ;;
esac
