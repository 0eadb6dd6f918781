import { fold } from './fold.ts'

/**
 * Texts of which every match of a pattern contains at least one, folded; null where none can be told for sure. Reads only
 * the plain parts of RE2 syntax and gives up on everything else, so what it answers is always safe to filter by.
 */
export function requiredLiterals(source: string): string[] | null {
  const reader = { source, at: 0 }
  const found = readAlternatives(reader)
  return found === undefined || reader.at < source.length || found === null ? null : best([found])
}

interface Reader {
  readonly source: string
  at: number
}

/** Any of these texts must be there; null: nothing is known; undefined: the pattern is not understood. */
type Literals = string[] | null | undefined

const MOST_ALTERNATIVES = 16

function readAlternatives(reader: Reader): Literals {
  let all: string[] | null = []
  for (;;) {
    const branch = readSequence(reader)
    if (branch === undefined) return undefined
    all = branch === null || all === null ? null : [...all, ...branch]
    if (reader.source[reader.at] !== '|') break
    reader.at++
  }
  return all !== null && all.length > MOST_ALTERNATIVES ? null : all
}

/** The pieces of a sequence are all there, so the most telling of their literals stands for it. */
function readSequence(reader: Reader): Literals {
  const options: string[][] = []
  let run = ''
  const endRun = (): void => {
    if (run !== '') options.push([fold(run)])
    run = ''
  }
  while (reader.at < reader.source.length && !'|)'.includes(reader.source[reader.at] as string)) {
    const piece = readPiece(reader)
    if (piece === undefined) return undefined
    const times = readRepeat(reader)
    if (times === undefined) return undefined
    if ('text' in piece && times.least === 1 && times.most === 1) {
      run += piece.text
      continue
    }
    endRun()
    if (times.least === 0) continue
    if ('text' in piece) options.push([fold(piece.text)])
    else if (piece.literals !== null) options.push(piece.literals)
  }
  endRun()
  return best(options)
}

/** The set whose shortest text is longest: fewest titles contain it. */
function best(options: readonly string[][]): string[] | null {
  const score = (texts: readonly string[]): number => Math.min(...texts.map((text) => text.length))
  const usable = options.filter((texts) => texts.length > 0 && score(texts) > 0)
  return usable.toSorted((a, b) => score(b) - score(a))[0] ?? null
}

type Piece = { readonly text: string } | { readonly literals: string[] | null }

function readPiece(reader: Reader): Piece | undefined {
  const { source } = reader
  const character = String.fromCodePoint(source.codePointAt(reader.at) as number)
  reader.at += character.length
  switch (character) {
    case '(':
      return readGroup(reader)
    case '[':
      return skipClass(reader)
    case '\\': {
      const escaped = source[reader.at]
      // Escaped signs mean themselves; escaped letters and digits are classes and the like.
      if (escaped === undefined || /[\p{L}\p{N}]/u.test(escaped)) return escapeOfClass(reader)
      reader.at++
      return { text: escaped }
    }
    case '.':
    case '^':
    case '$':
      return { literals: null }
    default:
      // Under case folding some letters also match others (K and the Kelvin sign); all but these ASCII ones are safe.
      return /[ksKS\u017f\u212a]/.test(character) || isCased(character) ? { literals: null } : { text: character }
  }
}

/** Letters outside ASCII with more than one case may fold in more ways than toLowerCase knows. */
function isCased(character: string): boolean {
  return character > '\u007f' && character.toLowerCase() !== character.toUpperCase()
}

function escapeOfClass(reader: Reader): Piece | undefined {
  if (!/[dDwWsSbBAz]/.test(reader.source[reader.at] ?? '')) return undefined
  reader.at++
  return { literals: null }
}

function readGroup(reader: Reader): Piece | undefined {
  if (reader.source.startsWith('?:', reader.at)) reader.at += 2
  else if (reader.source[reader.at] === '?') return undefined
  const literals = readAlternatives(reader)
  if (literals === undefined || reader.source[reader.at] !== ')') return undefined
  reader.at++
  return { literals }
}

function skipClass(reader: Reader): Piece | undefined {
  const closing = /^\^?\]?(?:\\[^pPQ]|[^\\\][])*\]/.exec(reader.source.slice(reader.at))
  if (closing === null) return undefined
  reader.at += closing[0].length
  return { literals: null }
}

function readRepeat(reader: Reader): { least: number; most: number } | undefined {
  const found = /^(?:\*|\+|\?|\{(\d+)(?:,(\d*))?\})\??/.exec(reader.source.slice(reader.at))
  if (found === null) return { least: 1, most: 1 }
  reader.at += found[0].length
  const sign = found[0][0]
  if (sign === '*' || sign === '?') return { least: 0, most: Infinity }
  if (sign === '+') return { least: 1, most: Infinity }
  const least = Number(found[1])
  return { least, most: found[2] === undefined ? least : Infinity }
}
