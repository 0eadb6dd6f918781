import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')

function palette(selector: string): Map<string, string> {
  const block = css.slice(css.indexOf(selector))
  const body = block.slice(0, block.indexOf('}'))
  return new Map([...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name ?? '', value ?? '']))
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

const grounds = ['canvas', 'sunken', 'raised']
const text = ['ink', 'ink-2', 'ink-3', 'accent-ink', 'danger-ink', 'ok-ink', 'warn-ink'].flatMap((ink) =>
  grounds.map((ground) => [ink, ground, 4.5] as const),
)
const filled = [
  ['on-accent', 'accent', 4.5],
  ['on-accent', 'accent-hover', 4.5],
  ['on-accent', 'danger', 4.5],
  ['on-accent', 'danger-hover', 4.5],
  ['accent-ink', 'accent-soft', 4.5],
  ['danger-ink', 'danger-soft', 4.5],
  ['ok-ink', 'ok-soft', 4.5],
  ['warn-ink', 'warn-soft', 4.5],
] as const
const edges = grounds.map((ground) => ['line-control', ground, 3] as const)

test.each(['light', 'dark'])('%s: everything that is read or pressed stands out enough', (theme) => {
  const colours = palette(theme === 'light' ? ':root {' : "[data-theme='dark'] {")
  for (const [front, back, least] of [...text, ...filled, ...edges]) {
    const [a, b] = [colours.get(front), colours.get(back)]
    expect(a && b, `${front} and ${back} are there`).toBeTruthy()
    expect(contrast(a ?? '', b ?? ''), `${front} on ${back}`).toBeGreaterThanOrEqual(least)
  }
})

test('white letters are read on every hue of a person', () => {
  const hues = [...css.matchAll(/\[data-hue='\d'\] \{\s+background: (#[0-9a-f]{6});/g)].map(([, value]) => value ?? '')
  expect(hues).toHaveLength(10)
  for (const hue of hues) expect(contrast('#ffffff', hue), hue).toBeGreaterThanOrEqual(4.5)
})
