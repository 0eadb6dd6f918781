/** How alike a sound is to a part of another, from where they match best: 1 for the same sound at any loudness. */
export function bestCorrelation(heard: Int16Array, said: Int16Array): { at: number; value: number } {
  let best = { at: 0, value: 0 }
  // Coarse first: every 8th sample, one millisecond at a time; then around the best.
  const search = (from: number, to: number, step: number, stride: number): void => {
    for (let at = Math.max(0, from); at <= Math.min(to, heard.length - said.length); at += step) {
      const value = correlation(heard, said, at, stride)
      if (value > best.value) best = { at, value }
    }
  }
  search(0, heard.length, 4, 7)
  const { at } = best
  best = { at, value: 0 }
  search(at - 16, at + 16, 1, 1)
  return best
}

function correlation(heard: Int16Array, said: Int16Array, at: number, stride: number): number {
  let together = 0
  let ofHeard = 0
  let ofSaid = 0
  for (let index = 0; index < said.length; index += stride) {
    const a = heard[at + index] ?? 0
    const b = said[index] ?? 0
    together += a * b
    ofHeard += a * a
    ofSaid += b * b
  }
  return ofHeard === 0 || ofSaid === 0 ? 0 : together / Math.sqrt(ofHeard * ofSaid)
}
