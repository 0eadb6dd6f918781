/** One of ten hues, the same for the same id everywhere. */
export function hueOf(id: number | string): number {
  let hash = 0
  for (const char of String(id)) hash = (hash * 31 + char.charCodeAt(0)) >>> 0
  return hash % 10
}

/** The last two characters of a Chinese name (the given name), the first two of what is too long for one, else the first letters of the first and last word. */
export function initials(name: string): string {
  const clean = name.trim()
  const chinese = /^[\u3400-\u9fff]+/u.exec(clean)?.[0]
  if (chinese) return chinese.length <= 4 ? chinese.slice(-2) : chinese.slice(0, 2)
  const words = clean.split(/[\s._-]+/).filter(Boolean)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words
  return (
    letters
      .map((word) => String.fromCodePoint(...(word ? [word.codePointAt(0) ?? 0] : [])))
      .join('')
      .toUpperCase() || '?'
  )
}
