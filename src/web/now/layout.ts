export interface LayoutNode {
  readonly id: string
  /** Launch level: what a node needs is on a lower one. */
  readonly wave: number
  /** Ids; those that are no nodes are passed over. */
  readonly needs: readonly string[]
}

export interface LayoutForm {
  /** Waves follow each other to the right, or downwards where the window is narrow. */
  readonly direction: 'right' | 'down'
  readonly nodeWidth: number
  readonly nodeHeight: number
  /** Between two waves, two nodes of a wave, two lines of a wave; in px. */
  readonly waveGap: number
  readonly nodeGap: number
  readonly lineGap: number
  /** Letters of the ports; larger where the drawing is made smaller. */
  readonly labelPx: number
  /** A wave of more nodes is broken into lines: a column of three hundred is not read. */
  readonly perLine: number
}

export interface Place {
  readonly x: number
  readonly y: number
}

export interface Layout {
  /** Of the upper left corner. */
  readonly places: ReadonlyMap<string, Place>
  /** By `edgeKey`: where an edge over several waves passes those between, so that it lies behind no node; in its direction. */
  readonly lanes: ReadonlyMap<string, readonly Place[]>
  readonly width: number
  readonly height: number
}

export function edgeKey(from: string, to: string): string {
  return `${from}\n${to}`
}

/** Round the edge, px. */
const margin = 24

/** Up and down so often: more changes nothing that one would see. */
const sweeps = 4

/** Edges over several waves get lanes of their own up to so many: with more the drawing would be mostly lanes. */
const lanesAtMost = 120

/** Breadth of a lane, px. */
const laneWidth = 10

/** A node, or a lane of an edge on its way through a wave. */
interface Item {
  readonly id: string
  readonly size: number
}

/**
 * A drawing by layers (Sugiyama's method). The layers are the launch waves, which the daemon has computed already; within each the nodes are sorted by
 * where their neighbours are, and then moved as near to them as the order allows. Same input, same drawing.
 */
export function layOut(nodes: readonly LayoutNode[], form: LayoutForm): Layout {
  const isRight = form.direction === 'right'
  const size = isRight ? form.nodeHeight : form.nodeWidth
  const depth = isRight ? form.nodeWidth : form.nodeHeight
  const { layers, near, lanes } = layersOf(nodes, form, size)
  const sorted = sortedLayers(layers, near)
  const across = acrossPlaces(sorted, near, form)
  const least = Math.min(...across.values(), 0)
  const places = new Map<string, Place>()
  let along = margin
  let most = 0
  for (const layer of sorted) {
    const lines = isBroken(layer, form) ? Math.ceil(layer.length / form.perLine) : 1
    layer.forEach(({ id, size: breadth }, index) => {
      const line = lines === 1 ? 0 : Math.floor(index / form.perLine)
      const a = along + line * (depth + form.lineGap)
      const c = margin + across.get(id)! - least
      most = Math.max(most, c + breadth)
      places.set(id, isRight ? { x: a, y: c } : { x: c, y: a })
    })
    along += lines * depth + (lines - 1) * form.lineGap + form.waveGap
  }
  const length = Math.max(margin, along - form.waveGap) + margin
  const breadth = most + margin
  const passed = new Map([...lanes].map(([key, ids]) => [key, ids.map((id) => places.get(id)!)]))
  for (const ids of lanes.values()) for (const id of ids) places.delete(id)
  return { places, lanes: passed, width: isRight ? length : breadth, height: isRight ? breadth : length }
}

type Neighbours = ReadonlyMap<string, readonly string[]>

/** The nodes by wave, with a lane in each wave that an edge passes; and who is next to whom. */
function layersOf(nodes: readonly LayoutNode[], form: LayoutForm, size: number) {
  const waves = [...new Set(nodes.map(({ wave }) => wave))].sort((a, b) => a - b)
  const rankOf = new Map(waves.map((wave, rank) => [wave, rank]))
  const ranks = new Map(nodes.map(({ id, wave }) => [id, rankOf.get(wave)!]))
  const layers: Item[][] = waves.map(() => [])
  for (const { id } of nodes) layers[ranks.get(id)!]!.push({ id, size })
  const near = new Map<string, string[]>(nodes.map(({ id }) => [id, []]))
  const join = (a: string, b: string): void => {
    near.get(a)!.push(b)
    near.get(b)!.push(a)
  }
  const edges = nodes.flatMap(({ id, needs }) =>
    [...new Set(needs)].filter((need) => ranks.has(need) && need !== id).map((need) => ({ from: need, to: id })),
  )
  const span = ({ from, to }: { from: string; to: string }): number => ranks.get(to)! - ranks.get(from)!
  const wanted = edges.reduce((sum, edge) => sum + Math.max(0, span(edge) - 1), 0)
  // A wave that is broken into lines has no room for lanes.
  const isWide = layers.some((layer) => layer.length > form.perLine)
  const lanes = new Map<string, string[]>()
  for (const edge of edges) {
    if (span(edge) < 2 || wanted > lanesAtMost || isWide) {
      join(edge.from, edge.to)
      continue
    }
    const key = edgeKey(edge.from, edge.to)
    const ids: string[] = []
    for (let rank = ranks.get(edge.from)! + 1; rank < ranks.get(edge.to)!; rank++) {
      const id = `${key}\n${rank}`
      layers[rank]!.push({ id, size: laneWidth })
      near.set(id, [])
      join(ids.at(-1) ?? edge.from, id)
      ids.push(id)
    }
    join(ids.at(-1)!, edge.to)
    lanes.set(key, ids)
  }
  return { layers, near, lanes }
}

function isBroken(layer: readonly Item[], form: LayoutForm): boolean {
  return layer.filter(({ size }) => size !== laneWidth).length > form.perLine
}

function sortedLayers(layers: Item[][], near: Neighbours): Item[][] {
  const rank = new Map<string, number>()
  const remember = (layer: readonly Item[]): void =>
    layer.forEach(({ id }, index) => void rank.set(id, (index + 0.5) / layer.length))
  for (const layer of layers) remember(layer)
  const sort = (layer: Item[]): void => {
    const wanted = new Map(
      layer.map(({ id }) => [
        id,
        mean(
          near.get(id)!.map((other) => rank.get(other)!),
          rank.get(id)!,
        ),
      ]),
    )
    layer.sort((a, b) => wanted.get(a.id)! - wanted.get(b.id)! || (a.id < b.id ? -1 : 1))
    remember(layer)
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    layers.forEach(sort)
    layers.toReversed().forEach(sort)
  }
  return layers
}

/** Where each begins across. */
function acrossPlaces(layers: readonly Item[][], near: Neighbours, form: LayoutForm): Map<string, number> {
  const centres = new Map<string, number>()
  const sizes = new Map(layers.flatMap((layer) => layer.map(({ id, size }) => [id, size] as const)))
  const offsets = (items: readonly Item[]): number[] => {
    const all: number[] = []
    items.forEach(({ size }, index) => {
      const before = items[index - 1]
      all.push(before === undefined ? 0 : all[index - 1]! + (before.size + size) / 2 + form.nodeGap)
    })
    return all
  }
  const linesOf = (layer: readonly Item[]): (readonly Item[])[] =>
    isBroken(layer, form)
      ? Array.from({ length: Math.ceil(layer.length / form.perLine) }, (_, line) =>
          layer.slice(line * form.perLine, (line + 1) * form.perLine),
        )
      : [layer]
  const lines = layers.flatMap(linesOf)
  const widest = Math.max(0, ...lines.map((line) => offsets(line).at(-1) ?? 0))
  for (const line of lines) {
    const own = offsets(line)
    line.forEach(({ id }, index) => void centres.set(id, (widest - own.at(-1)!) / 2 + own[index]!))
  }
  const draw = (layer: readonly Item[]): void => {
    // Lines of a broken wave fill the whole breadth: there is nowhere to move to.
    if (isBroken(layer, form)) return
    const wanted = layer.map(({ id }) =>
      mean(
        near.get(id)!.map((other) => centres.get(other)!),
        centres.get(id)!,
      ),
    )
    inOrder(wanted, offsets(layer)).forEach((place, index) => void centres.set(layer[index]!.id, place))
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    layers.forEach(draw)
    layers.toReversed().forEach(draw)
  }
  return new Map([...centres].map(([id, centre]) => [id, centre - sizes.get(id)! / 2]))
}

/** The places nearest to the wanted ones that keep order and distance (isotonic regression by pooling neighbours). */
function inOrder(wanted: readonly number[], offsets: readonly number[]): number[] {
  const pools: { sum: number; count: number }[] = []
  wanted.forEach((place, index) => {
    pools.push({ sum: place - offsets[index]!, count: 1 })
    while (pools.length > 1) {
      const [before, last] = [pools.at(-2)!, pools.at(-1)!]
      if (before.sum / before.count <= last.sum / last.count) break
      pools.splice(-2, 2, { sum: before.sum + last.sum, count: before.count + last.count })
    }
  })
  return pools
    .flatMap(({ sum, count }) => Array<number>(count).fill(sum / count))
    .map((place, index) => place + offsets[index]!)
}

function mean(values: readonly number[], otherwise: number): number {
  return values.length === 0 ? otherwise : values.reduce((sum, value) => sum + value, 0) / values.length
}
