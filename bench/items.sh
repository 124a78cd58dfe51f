# Items of scripts/prove that bench/run.ts measures: NAME LIMIT-SECONDS COMMAND, one a line. Finished parts stay in
# .cache/prove, so that an interrupted item goes on where it was.
for item in "launch 3600" "gates 5400" "losses 2400" "footprint 4500" "check 1800" "plan 1800" "kills 7200" "rounds 1200" "availability 600" "api 1800" "traffic 3600" \
  "memory 2400" "migration 1200" "failover 5400" "failover-fast 3600" "cluster-launch 3600" "cluster-idle 2400" "peers 5400" \
  "series 10800" "drills 7200" "store 3600" "leader-kills 5400" "soak 5400" "fast-soak 6000" "fast-restarts 1800" "seeds 43200" "mutations 7200"; do
  read -r name limit <<< "$item"
  needs=
  [ "$name" != peers ] || needs="scripts/setup peers && "
  echo "$name $limit ${needs}node bench/run.ts $name --out docs/measured --resume .cache/prove"
done
