/**
 * Every knot of guests that need each other, each as one shortest round: `[a, b, a]`.
 * `targets[i]` are the guests that guest `i` needs, by number; the rounds come in the order of their first guest.
 * Iterative: ten thousand guests in one chain must not end the stack.
 */
export function findCycles(targets: readonly (readonly number[])[]): number[][] {
  const component = components(targets)
  const sizes = new Map<number, number>()
  for (const id of component) sizes.set(id, (sizes.get(id) ?? 0) + 1)
  const rounds: number[][] = []
  const done = new Set<number>()
  for (let start = 0; start < targets.length; start += 1) {
    const id = component[start]!
    if (sizes.get(id) === 1 || done.has(id)) continue
    done.add(id)
    rounds.push(shortestRound(start, targets, component))
  }
  return rounds
}

/** Breadth first from `start` back to itself, inside its component. */
function shortestRound(start: number, targets: readonly (readonly number[])[], component: readonly number[]): number[] {
  const cameFrom = new Map<number, number>()
  const queue = [start]
  for (let head = 0; head < queue.length; head += 1) {
    const guest = queue[head]!
    for (const next of targets[guest]!) {
      if (next === start) return roundOf(start, guest, cameFrom)
      if (component[next] !== component[start] || cameFrom.has(next)) continue
      cameFrom.set(next, guest)
      queue.push(next)
    }
  }
  return [start, start]
}

function roundOf(start: number, last: number, cameFrom: ReadonlyMap<number, number>): number[] {
  const path = [start]
  for (let guest = last; guest !== start; guest = cameFrom.get(guest)!) path.push(guest)
  path.push(start)
  return path.reverse()
}

/** Tarjan's strongly connected components, with the recursion on a stack of its own. The number of the component of each guest. */
function components(targets: readonly (readonly number[])[]): number[] {
  const count = targets.length
  const index = new Array<number>(count).fill(-1)
  const low = new Array<number>(count).fill(0)
  const component = new Array<number>(count).fill(-1)
  const nextTarget = new Array<number>(count).fill(0)
  const open: number[] = []
  let seen = 0
  let components = 0
  for (let root = 0; root < count; root += 1) {
    if (index[root] !== -1) continue
    const calls = [root]
    while (calls.length > 0) {
      const guest = calls.at(-1)!
      if (index[guest] === -1) {
        index[guest] = low[guest] = seen
        seen += 1
        open.push(guest)
      }
      const next = targets[guest]![nextTarget[guest]!]
      if (next !== undefined) {
        nextTarget[guest]! += 1
        if (index[next] === -1) calls.push(next)
        else if (component[next] === -1) low[guest] = Math.min(low[guest]!, index[next]!)
        continue
      }
      calls.pop()
      const caller = calls.at(-1)
      if (caller !== undefined) low[caller] = Math.min(low[caller]!, low[guest]!)
      if (low[guest] !== index[guest]) continue
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        component[member] = components
        if (member === guest) break
      }
      components += 1
    }
  }
  return component
}
