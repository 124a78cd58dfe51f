#!/bin/bash
# The plain way to launch guests in order, as LauXen's paper describes scripts before it: all guests of a wave are
# started by virsh, then their ports are tried until every one of the wave answers; then comes the next wave.
# In its favour: the guests of a wave are started side by side, and ports are tried five times a second.
#
# usage: plain-way.sh < PLAN    one wave a line: NAME:ADDRESS:PORT NAME:ADDRESS:PORT …
# Prints for each guest the seconds from the beginning to its start: NAME SECONDS
set -u

began=$EPOCHREALTIME
since() { awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f", b - a }'; }
answers() { timeout 1 bash -c "exec 3<> /dev/tcp/$1/$2" 2> /dev/null; }

while read -r -a wave; do
  for guest in "${wave[@]}"; do
    echo "${guest%%:*} $(since)"
    virsh -q start "${guest%%:*}" > /dev/null &
  done
  wait
  silent=("${wave[@]}")
  while [ ${#silent[@]} -gt 0 ]; do
    left=()
    for guest in "${silent[@]}"; do
      IFS=: read -r name address port <<< "$guest"
      answers "$address" "$port" || left+=("$guest")
    done
    silent=(${left[@]+"${left[@]}"})
    [ ${#silent[@]} = 0 ] || sleep 0.2
  done
done
