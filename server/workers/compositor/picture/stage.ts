import type { Scene, Tile } from '#domains/media/scene/scene.ts'
import type { Letters } from './lettering.ts'
import { darken, fill, place, write } from './planes.ts'
import type { Frame } from './planes.ts'

/** Behind everything, and behind the name of somebody without a picture. */
const BACKGROUND = [34, 129, 127] as const
const EMPTY_TILE = [50, 129, 127] as const

/** Draws a scene: each tile's frame where there is one, and the names. */
export function drawScene(
  target: Frame,
  scene: Scene,
  frameOf: (input: string) => Frame | undefined,
  letters: Letters,
): void {
  fill(target, { x: 0, y: 0, width: target.width, height: target.height }, BACKGROUND)
  for (const tile of scene) {
    const frame = tile.input === null ? undefined : frameOf(tile.input)
    if (frame !== undefined) place(target, frame, tile)
    else drawEmpty(target, tile)
    if (tile.name !== null) drawName(target, tile, tile.name, frame !== undefined, letters)
  }
}

function drawEmpty(target: Frame, tile: Tile): void {
  const inset = 2
  const { x, y, width, height } = tile
  if (width <= 2 * inset || height <= 2 * inset) return
  fill(target, { x: x + inset, y: y + inset, width: width - 2 * inset, height: height - 2 * inset }, EMPTY_TILE)
}

/** In the lower left corner of a picture; in the middle where there is none. */
function drawName(target: Frame, tile: Tile, name: string, hasPicture: boolean, letters: Letters): void {
  const size = hasPicture ? between(12, tile.height / 20, 26) : between(14, tile.height / 9, 48)
  const margin = even(size / 2)
  const text = letters.get(name, size, tile.width - 4 * margin)
  if (text === undefined || text.height + 4 * margin > tile.height) return
  if (!hasPicture) {
    const x = tile.x + Math.floor((tile.width - text.width) / 2)
    write(target, text, x, tile.y + Math.floor((tile.height - text.height) / 2))
    return
  }
  const width = even(text.width + 2 * margin + 1)
  const height = even(text.height + margin + 1)
  const chip = { x: tile.x + margin, y: tile.y + tile.height - height - margin, width, height }
  darken(target, chip)
  write(target, text, chip.x + margin, chip.y + Math.floor((height - text.height) / 2))
}

const even = (value: number): number => Math.floor(value / 2) * 2
const between = (least: number, value: number, most: number): number =>
  Math.round(Math.min(most, Math.max(least, value)))
