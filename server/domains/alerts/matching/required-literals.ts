import { fold } from './fold.ts'

/**
 * Sets of folded texts; of each of them every match of a pattern contains at least one text. Empty where none can be told
 * for sure. Reads only the plain parts of RE2 syntax and gives up on everything else, so what it answers is always safe
 * to filter by.
 */
export function requiredLiterals(source: string): Required {
  const reader = { source, at: 0 }
  const found = readAlternatives(reader)
  return found === undefined || reader.at < source.length ? NOTHING : found
}

/** What a part of a pattern needs. */
interface Required {
  readonly needs: readonly (readonly string[])[]
  /** Nothing but that: whatever contains one text of each set matches. Told only of parts with one set. */
  readonly enough: boolean
}

const NOTHING: Required = { needs: [], enough: false }

interface Reader {
  readonly source: string
  at: number
}

const MOST_ALTERNATIVES = 16

/** Undefined where the pattern is not understood. */
function readAlternatives(reader: Reader): Required | undefined {
  const branches: Required[] = []
  for (;;) {
    const branch = readSequence(reader)
    if (branch === undefined) return undefined
    branches.push(branch)
    if (reader.source[reader.at] !== '|') break
    reader.at++
  }
  const [only] = branches
  if (branches.length === 1 && only !== undefined) return only
  // One text of any branch is there, so the most telling set of each goes into one.
  const each = branches.map(({ needs }) => mostTelling(needs))
  if (each.some((texts) => texts === undefined)) return NOTHING
  const any = each.flatMap((texts) => texts ?? [])
  if (any.length > MOST_ALTERNATIVES) return NOTHING
  return { needs: [any], enough: branches.every((branch) => branch.enough) }
}

/** The pieces of a sequence are all there, and so is what each of them needs. */
function readSequence(reader: Reader): Required | undefined {
  const needs: (readonly string[])[] = []
  let run = ''
  let others = 0
  let enough = true
  const endRun = (): void => {
    if (run !== '') needs.push([fold(run)])
    run = ''
  }
  while (reader.at < reader.source.length && !'|)'.includes(reader.source[reader.at] as string)) {
    const piece = readPiece(reader)
    if (piece === undefined) return undefined
    const times = readRepeat(reader)
    if ('text' in piece && times.least === 1 && times.most === 1) {
      run += piece.text
      continue
    }
    endRun()
    others++
    // One time of it is enough for the whole only where it needs no more times than one.
    enough = 'enough' in piece && piece.enough && times.least === 1
    if (times.least === 0) continue
    if ('text' in piece) needs.push([fold(piece.text)])
    else needs.push(...piece.needs)
  }
  endRun()
  return { needs, enough: enough && needs.length === 1 && others <= 1 }
}

/** The set whose shortest text is longest: fewest titles contain it. */
function mostTelling(sets: Required['needs']): readonly string[] | undefined {
  const score = (texts: readonly string[]): number => Math.min(...texts.map((text) => text.length))
  return sets.toSorted((a, b) => score(b) - score(a))[0]
}

type Piece = { readonly text: string } | Required

function readPiece(reader: Reader): Piece | undefined {
  const { source } = reader
  const character = String.fromCodePoint(source.codePointAt(reader.at) as number)
  reader.at += character.length
  switch (character) {
    case '(':
      return readGroup(reader)
    case '[':
      return readClass(reader)
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
      return NOTHING
    default:
      return foldsOddly(character) ? NOTHING : { text: character }
  }
}

/**
 * Under case folding some letters also match others (K and the Kelvin sign), and letters outside ASCII with more than one
 * case may fold in more ways than toLowerCase knows.
 */
function foldsOddly(character: string): boolean {
  if (/[ksKS\u017f\u212a]/.test(character)) return true
  return character > '\u007f' && character.toLowerCase() !== character.toUpperCase()
}

const DIGITS = Array.from('0123456789')

function escapeOfClass(reader: Reader): Piece | undefined {
  const letter = reader.source[reader.at] ?? ''
  if (!/[dDwWsSbBAz]/.test(letter)) return undefined
  reader.at++
  return letter === 'd' ? oneOf(DIGITS) : NOTHING
}

function readGroup(reader: Reader): Piece | undefined {
  if (reader.source.startsWith('?:', reader.at)) reader.at += 2
  else if (reader.source[reader.at] === '?') return undefined
  const inside = readAlternatives(reader)
  if (inside === undefined || reader.source[reader.at] !== ')') return undefined
  reader.at++
  return inside
}

/** `[…]`: one of its characters, where they are few and stand for themselves. */
function readClass(reader: Reader): Piece | undefined {
  const closing = /^(\^?)(\]?(?:\\[^pPQ]|[^\\\][])*)\]/u.exec(reader.source.slice(reader.at))
  if (closing === null) return undefined
  reader.at += closing[0].length
  const [, negated, inside = ''] = closing
  return negated === '' ? oneOf(charactersOf(inside)) : NOTHING
}

/** The characters between the brackets of a class; undefined where they are many, or classes themselves. */
function charactersOf(inside: string): string[] | undefined {
  const found: string[] = []
  for (const [, first = '', last = first] of inside.matchAll(/(\\?.)(?:-(\\?.))?/gsu)) {
    if (/^\\[\p{L}\p{N}]/u.test(first) || /^\\[\p{L}\p{N}]/u.test(last)) return undefined
    const [from, to] = [first, last].map((one) => one.replace(/^\\/, '').codePointAt(0) ?? 0x5c) as [number, number]
    if (to - from >= MOST_ALTERNATIVES) return undefined
    for (let code = from; code <= to; code++) found.push(String.fromCodePoint(code))
  }
  return found
}

function oneOf(characters: readonly string[] | undefined): Piece {
  const isUsable = characters !== undefined && characters.length > 0 && characters.length <= MOST_ALTERNATIVES
  if (!isUsable || characters.some((one) => foldsOddly(one))) return NOTHING
  return { needs: [[...new Set(characters.map(fold))]], enough: true }
}

function readRepeat(reader: Reader): { least: number; most: number } {
  const found = /^(?:\*|\+|\?|\{(\d+)(?:,(\d*))?\})\??/.exec(reader.source.slice(reader.at))
  if (found === null) return { least: 1, most: 1 }
  reader.at += found[0].length
  const sign = found[0][0]
  if (sign === '*' || sign === '?') return { least: 0, most: Infinity }
  if (sign === '+') return { least: 1, most: Infinity }
  const least = Number(found[1])
  return { least, most: found[2] === undefined ? least : Infinity }
}
