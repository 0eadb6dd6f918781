/** A text as it is searched: full-width folded to half-width, case gone. SQL's `lower(normalize(content, NFKC))`. */
export function searchable(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/**
 * Every pair of neighbouring characters of a text as a number, each once. Two characters are what Chinese words mostly
 * are made of, and pairs find any piece of any language. Different pairs may share a number: a find is checked again.
 */
export function gramsOf(text: string): number[] {
  const points = Array.from(searchable(text), (char) => (/\s/.test(char) ? 0 : (char.codePointAt(0) ?? 0)))
  const grams = new Set<number>()
  for (let i = 1; i < points.length; i++) {
    const [one = 0, two = 0] = [points[i - 1], points[i]]
    if (one !== 0 && two !== 0) grams.add((Math.imul(one, 0x01_00_01_93) ^ Math.imul(two, 0x2c_1b_3c_6d)) | 0)
  }
  return [...grams]
}
