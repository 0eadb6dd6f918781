import sharp from 'sharp'
import type { Lettering } from './planes.ts'

const MOST_CHARACTERS = 60
const MOST_KNOWN = 500
/** A name that is too wide is cut at most so often. */
const CUTS = 4

/** Draws names; a name is drawn once. */
export interface Letters {
  /** Undefined until it is drawn, or where it cannot be. */
  get(text: string, size: number, width: number): Lettering | undefined
  /** Draws what `get` did not have; whether there was anything. */
  settle(): Promise<boolean>
}

/** Names drawn by Pango with the fonts of the system, whatever script they are in. */
export function createLetters(): Letters {
  const drawn = new Map<string, Lettering | null>()
  const wanted = new Map<string, Promise<void>>()
  return {
    get: (text, size, width) => {
      const key = `${size} ${width} ${text}`
      const found = drawn.get(key)
      if (found !== undefined) return found ?? undefined
      if (!wanted.has(key)) {
        const drawing = draw(text, size, width)
          // A name that cannot be drawn is left out; the picture goes on.
          .catch(() => null)
          .then((lettering) => {
            if (drawn.size >= MOST_KNOWN) drawn.clear()
            drawn.set(key, lettering)
            wanted.delete(key)
          })
        wanted.set(key, drawing)
      }
      return undefined
    },
    settle: async () => {
      if (wanted.size === 0) return false
      await Promise.all(wanted.values())
      return true
    },
  }
}

async function draw(text: string, size: number, width: number): Promise<Lettering | null> {
  let name = readable(text)
  for (let cuts = 0; cuts <= CUTS && name !== ''; cuts++) {
    const lettering = await render(name, size)
    if (lettering.width <= width) return lettering
    const kept = Math.max(1, Math.floor((characters(name).length * width) / lettering.width) - 1)
    const shorter = `${characters(name).slice(0, kept).join('').trimEnd()}…`
    if (shorter === name) break
    name = shorter
  }
  return null
}

const segmenter = new Intl.Segmenter()
const characters = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment)

/** One line, without anything that cannot be seen. */
function readable(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, ' ').trim()
  return characters(plain).slice(0, MOST_CHARACTERS).join('')
}

async function render(name: string, size: number): Promise<Lettering> {
  const markup = name.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const { data, info } = await sharp({
    text: { text: `<span foreground="white">${markup}</span>`, font: `sans ${size}`, dpi: 72, rgba: true },
  })
    .extractChannel('alpha')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { coverage: data, width: info.width, height: info.height }
}
