/** One picture in a picture; everything in whole, even pixels. */
export interface Tile {
  /** Whose frames; null where there is only a name to show. */
  readonly input: string | null
  /** Written into the tile. */
  readonly name: string | null
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** What is to be seen at a moment. */
export type Scene = readonly Tile[]

/** Somebody, or a shared screen, that is there at a moment. */
export interface Present {
  /** The track of their picture; null while there is none. */
  readonly input: string | null
  readonly name: string | null
  readonly isScreen: boolean
  readonly isSpeaking: boolean
}

export type Layout = 'grid' | 'speaker'

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** More are not shown: the pictures would be stamps, and each costs a decoder. */
const MOST_TILES = 25
/** The strip of small pictures beside a large one. */
const STRIP = 0.2
/** Small pictures above each other. */
const IN_STRIP = 8

/**
 * Where everybody stands: a shared screen is large with the people in a strip beside it; so is, in the `speaker` layout,
 * whoever speaks, or whoever was there first. Otherwise all are of one size.
 */
export function arrange(present: readonly Present[], canvas: { width: number; height: number }, layout: Layout): Scene {
  const shown = choose(present)
  const screen = shown.findIndex((one) => one.isScreen)
  const speaking = shown.findIndex((one) => one.isSpeaking)
  const large = screen >= 0 ? screen : layout === 'speaker' ? Math.max(0, speaking) : -1
  const boxes = boxesFor(shown.length, canvas, large)
  return shown.map(({ input, name }, n) => ({ input, name, ...(boxes[n] as Box) }))
}

/** The first ones, whoever speaks among them. */
function choose(present: readonly Present[]): readonly Present[] {
  if (present.length <= MOST_TILES) return present
  const first = present.slice(0, MOST_TILES)
  const speaking = present.slice(MOST_TILES).find((one) => one.isSpeaking || one.isScreen)
  return speaking === undefined ? first : [...first.slice(0, -1), speaking]
}

function boxesFor(count: number, canvas: { width: number; height: number }, large: number): Box[] {
  const whole = { x: 0, y: 0, ...canvas }
  if (large < 0 || count === 1) return grid(count, whole)
  const stripWidth = even(canvas.width * STRIP)
  const stage = { x: 0, y: 0, width: canvas.width - stripWidth, height: canvas.height }
  const strip = { x: stage.width, y: 0, width: stripWidth, height: canvas.height }
  const small = cells(count - 1, Math.max(1, Math.ceil((count - 1) / IN_STRIP)), strip)
  return Array.from({ length: count }, (_none, n) => (n === large ? stage : (small[n < large ? n : n - 1] ?? strip)))
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

const even = (pixels: number): number => Math.floor(pixels / 2) * 2
