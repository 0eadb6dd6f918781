/** A picture that is there for a time, in seconds from the start of the recording. */
export interface Showing {
  readonly track: number
  readonly isScreen: boolean
  readonly from: number
  readonly until: number
}

/** Where a picture stands for a while. */
export interface Placement {
  readonly track: number
  readonly from: number
  readonly until: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Changes closer together than this are one: nobody sees tiles jump twice in a blink. */
const SHORTEST_SECONDS = 0.2
/** The strip of small pictures beside a large one. */
const STRIP = 0.2

/**
 * Where each picture stands at which time: the tiles are laid out anew whenever somebody comes or leaves. A screen is
 * large with the people in a strip beside it; so is the first picture in the `speaker` layout.
 */
export function layOut(
  showings: readonly Showing[],
  canvas: { width: number; height: number },
  layout: 'grid' | 'speaker',
): Placement[] {
  const times = [...new Set(showings.flatMap(({ from, until }) => [from, until]))].toSorted((a, b) => a - b)
  const moments = times.filter(
    (time, i) => i === 0 || time - (times[i - 1] ?? 0) >= SHORTEST_SECONDS || i === times.length - 1,
  )
  const placements: Placement[] = []
  for (const [i, from] of moments.entries()) {
    const until = moments[i + 1]
    if (until === undefined) break
    const middle = (from + until) / 2
    const present = showings.filter((one) => one.from <= middle && one.until > middle)
    const boxes = boxesFor(present, canvas, layout)
    for (const [n, { track }] of present.entries()) {
      const box = boxes[n]
      if (box !== undefined) extend(placements, { track, from, until, ...box })
    }
  }
  return placements
}

function boxesFor(
  present: readonly Showing[],
  canvas: { width: number; height: number },
  layout: 'grid' | 'speaker',
): Box[] {
  const whole = { x: 0, y: 0, ...canvas }
  const screen = present.findIndex((one) => one.isScreen)
  const large = screen >= 0 ? screen : layout === 'speaker' ? 0 : -1
  if (large < 0 || present.length === 1) return grid(present.length, whole)
  const stripWidth = even(canvas.width * STRIP)
  const stage = { x: 0, y: 0, width: canvas.width - stripWidth, height: canvas.height }
  const strip = { x: stage.width, y: 0, width: stripWidth, height: canvas.height }
  const others = present.length - 1
  const columns = Math.max(1, Math.ceil(others / 8))
  const small = cells(others, columns, strip)
  return present.map((_one, n) => (n === large ? stage : (small[n < large ? n : n - 1] ?? strip)))
}

/** Tiles as near to square in number as they get. */
function grid(count: number, area: Box): Box[] {
  return cells(count, Math.ceil(Math.sqrt(count)), area)
}

function cells(count: number, columns: number, area: Box): Box[] {
  const rows = Math.ceil(count / columns)
  const width = even(area.width / columns)
  const height = even(area.height / rows)
  return Array.from({ length: count }, (_none, n) => {
    const row = Math.floor(n / columns)
    // The last row stands in the middle.
    const inRow = row === rows - 1 ? count - row * columns : columns
    const margin = even((area.width - inRow * width) / 2)
    return { x: area.x + margin + (n % columns) * width, y: area.y + row * height, width, height }
  })
}

/** Adds a placement, or lets the one before go on where nothing moved. */
function extend(placements: Placement[], next: Placement): void {
  const at = placements.findIndex(
    (one) =>
      one.track === next.track &&
      one.until === next.from &&
      one.x === next.x &&
      one.y === next.y &&
      one.width === next.width &&
      one.height === next.height,
  )
  const before = placements[at]
  if (before === undefined) placements.push(next)
  else placements[at] = { ...before, until: next.until }
}

const even = (pixels: number): number => Math.floor(pixels / 2) * 2
