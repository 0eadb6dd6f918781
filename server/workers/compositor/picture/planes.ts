/** A picture as encoders take it: planes Y, U and V behind each other, colours at half the size (I420). Sides are even. */
export interface Frame {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/** Bytes of a frame. */
export const bytesOf = (width: number, height: number): number => (width * height * 3) / 2

export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface Plane {
  readonly start: number
  readonly stride: number
  readonly rows: number
}

function planesOf({ width, height }: { width: number; height: number }): [Plane, Plane, Plane] {
  const luma = width * height
  const half = { stride: width / 2, rows: height / 2 }
  return [
    { start: 0, stride: width, rows: height },
    { start: luma, ...half },
    { start: luma + luma / 4, ...half },
  ]
}

/** Paints a rectangle in one colour. */
export function fill(target: Frame, at: Rectangle, colour: readonly [number, number, number]): void {
  for (const [i, plane] of planesOf(target).entries()) {
    const by = i === 0 ? 1 : 2
    const value = colour[i] ?? 0
    for (let row = at.y / by; row < (at.y + at.height) / by; row++) {
      const start = plane.start + row * plane.stride + at.x / by
      target.data.fill(value, start, start + at.width / by)
    }
  }
}

/** Puts a frame into a rectangle: as it is where it has its size, else fitted in with its shape kept. */
export function place(target: Frame, source: Frame, at: Rectangle): void {
  if (source.width === at.width && source.height === at.height) {
    copy(target, source, at)
    return
  }
  const factor = Math.min(at.width / source.width, at.height / source.height)
  const width = Math.max(2, even(source.width * factor))
  const height = Math.max(2, even(source.height * factor))
  const x = at.x + even((at.width - width) / 2)
  const y = at.y + even((at.height - height) / 2)
  scale(target, source, { x, y, width, height })
}

function copy(target: Frame, source: Frame, at: Rectangle): void {
  const from = planesOf(source)
  for (const [i, to] of planesOf(target).entries()) {
    const plane = from[i] as Plane
    const by = i === 0 ? 1 : 2
    for (let row = 0; row < plane.rows; row++) {
      const start = plane.start + row * plane.stride
      const line = source.data.subarray(start, start + plane.stride)
      target.data.set(line, to.start + (at.y / by + row) * to.stride + at.x / by)
    }
  }
}

/** Bilinear, in 8 bits of fraction. Halving a picture this way averages its pixels. */
function scale(target: Frame, source: Frame, at: Rectangle): void {
  const from = planesOf(source)
  for (const [i, to] of planesOf(target).entries()) {
    const plane = from[i] as Plane
    const by = i === 0 ? 1 : 2
    const columns = at.width / by
    const rows = at.height / by
    const across = steps(plane.stride, columns)
    const down = steps(plane.rows, rows)
    for (let row = 0; row < rows; row++) {
      const above = plane.start + (down.index[row] as number) * plane.stride
      const below = plane.start + (down.next[row] as number) * plane.stride
      const part = down.part[row] as number
      let out = to.start + (at.y / by + row) * to.stride + at.x / by
      for (let column = 0; column < columns; column++) {
        const left = across.index[column] as number
        const right = across.next[column] as number
        const fraction = across.part[column] as number
        const data = source.data
        const top = (data[above + left] as number) * (256 - fraction) + (data[above + right] as number) * fraction
        const bottom = (data[below + left] as number) * (256 - fraction) + (data[below + right] as number) * fraction
        target.data[out++] = (top * (256 - part) + bottom * part + 32_768) >> 16
      }
    }
  }
}

interface Steps {
  readonly index: Uint16Array
  readonly next: Uint16Array
  readonly part: Uint16Array
}

const known = new Map<number, Steps>()
const MOST_KNOWN = 256

/** For each of `to` pixels: the two of `from` it lies between, and how far from the first one (of 256). */
function steps(from: number, to: number): Steps {
  const key = from * 65_536 + to
  const before = known.get(key)
  if (before !== undefined) return before
  const made = { index: new Uint16Array(to), next: new Uint16Array(to), part: new Uint16Array(to) }
  for (let i = 0; i < to; i++) {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5))
    made.index[i] = Math.floor(at)
    made.next[i] = Math.min(from - 1, Math.floor(at) + 1)
    made.part[i] = Math.round((at - Math.floor(at)) * 256)
  }
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(key, made)
  return made
}

/** Text as how much of each pixel it covers (0 to 255). */
export interface Lettering {
  readonly coverage: Uint8Array
  readonly width: number
  readonly height: number
}

const WHITE = 235
const GREY = 128
/** How much of what is behind a name stays visible, of 256. */
const SEEN_THROUGH = 90

/** Darkens a rectangle, for light letters. */
export function darken(target: Frame, at: Rectangle): void {
  for (const [i, plane] of planesOf(target).entries()) {
    const by = i === 0 ? 1 : 2
    const towards = i === 0 ? 16 : GREY
    for (let row = at.y / by; row < (at.y + at.height) / by; row++) {
      const start = plane.start + row * plane.stride + at.x / by
      for (let n = start; n < start + at.width / by; n++) {
        const value = target.data[n] as number
        target.data[n] = towards + (((value - towards) * SEEN_THROUGH) >> 8)
      }
    }
  }
}

/** Writes light letters; what does not fit is left out. */
export function write(target: Frame, text: Lettering, x: number, y: number): void {
  const columns = Math.min(text.width, target.width - x)
  const rows = Math.min(text.height, target.height - y)
  for (let row = 0; row < rows; row++) {
    let to = (y + row) * target.width + x
    let from = row * text.width
    for (let column = 0; column < columns; column++, to++, from++) {
      const covered = text.coverage[from] as number
      if (covered === 0) continue
      const value = target.data[to] as number
      target.data[to] = value + (((WHITE - value) * covered) >> 8)
    }
  }
}

const even = (value: number): number => Math.floor(value / 2) * 2
