/** Where one tile stands, in CSS pixels from the stage's corner. */
export interface Place {
  x: number
  y: number
  width: number
  height: number
}

/** The shapes a tile may take: width by height. */
export interface Shape {
  min: number
  max: number
}

const LANDSCAPE: Shape = { min: 4 / 3, max: 16 / 9 }
const PORTRAIT: Shape = { min: 3 / 4, max: 16 / 9 }

/** How many tiles fit on one page before they become too small to see a face in. */
export function pageSize(width: number, height: number, most = 25): number {
  const smallest = width < 600 ? 132 : 180
  const columns = Math.max(1, Math.floor(width / smallest))
  const rows = Math.max(1, Math.floor(height / (smallest * 0.75)))
  return Math.min(most, Math.max(1, columns * rows))
}

/**
 * Places `count` equal tiles so that they fill the stage best: every number of columns is tried, and the one with the
 * largest tiles wins. The last row stands in the middle.
 */
export function gridPlaces(count: number, width: number, height: number, gap: number): Place[] {
  if (count === 0 || width <= 0 || height <= 0) return []
  const shape = height > width ? PORTRAIT : LANDSCAPE
  let best = { columns: 1, width: 0, height: 0 }
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns)
    const cell = { width: (width - gap * (columns - 1)) / columns, height: (height - gap * (rows - 1)) / rows }
    if (cell.width <= 0 || cell.height <= 0) continue
    const tile = fit(cell.width, cell.height, shape)
    if (tile.width * tile.height > best.width * best.height) best = { columns, ...tile }
  }
  const rows = Math.ceil(count / best.columns)
  const top = (height - rows * best.height - gap * (rows - 1)) / 2
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / best.columns)
    const inRow = row === rows - 1 ? count - row * best.columns : best.columns
    const left = (width - inRow * best.width - gap * (inRow - 1)) / 2
    return {
      x: left + (index % best.columns) * (best.width + gap),
      y: top + row * (best.height + gap),
      width: best.width,
      height: best.height,
    }
  })
}

/** The largest tile of an allowed shape inside a cell. */
function fit(width: number, height: number, { min, max }: Shape): { width: number; height: number } {
  const aspect = Math.min(max, Math.max(min, width / height))
  const across = Math.min(width, height * aspect)
  return { width: across, height: across / aspect }
}

/** How a large tile and a row of small ones share the stage. */
export interface Spotlight {
  main: Place
  rest: Place[]
}

/**
 * One thing large, up to `count` others small: beside it on a wide stage, under it on a tall one. The strip takes about a
 * fifth, and nothing when there are no others.
 */
export function spotlightPlaces(count: number, width: number, height: number, gap: number): Spotlight {
  if (count === 0) return { main: { x: 0, y: 0, width, height }, rest: [] }
  const beside = width > height * 1.15
  const strip = stripWidth(width, height)
  if (beside) {
    const tall = Math.min((strip * 9) / 16, (height - gap * (count - 1)) / count)
    const top = (height - count * tall - gap * (count - 1)) / 2
    return {
      main: { x: 0, y: 0, width: width - strip - gap, height },
      rest: Array.from({ length: count }, (_, index) => ({
        x: width - strip,
        y: top + index * (tall + gap),
        width: strip,
        height: tall,
      })),
    }
  }
  const wide = Math.min((strip * 4) / 3, (width - gap * (count - 1)) / count)
  const left = (width - count * wide - gap * (count - 1)) / 2
  return {
    main: { x: 0, y: 0, width, height: height - strip - gap },
    rest: Array.from({ length: count }, (_, index) => ({
      x: left + index * (wide + gap),
      y: height - strip,
      width: wide,
      height: strip,
    })),
  }
}

/** How many small tiles a strip holds before they become too small. */
export function stripSize(width: number, height: number, gap: number): number {
  const beside = width > height * 1.15
  const strip = stripWidth(width, height)
  const room = beside ? (height + gap) / ((strip * 9) / 16 + gap) : (width + gap) / (Math.min(strip, 104) + gap)
  return Math.max(1, Math.min(8, Math.floor(room)))
}

/** Across the strip: its width beside the large tile, its height under it. */
function stripWidth(width: number, height: number): number {
  if (width > height * 1.15) return Math.min(280, Math.max(150, width * 0.2))
  return Math.min(140, Math.max(84, height * 0.17))
}
