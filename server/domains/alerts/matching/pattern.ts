import { RE2JS } from 're2js'
import { Fault } from '#kernel/fault.ts'
import { halfWidth } from './fold.ts'
import { requiredLiterals } from './required-literals.ts'

/** A user's regular expression, compiled. Time is linear in the title, whatever the pattern. */
export interface Pattern {
  /** Whether it is found in a folded title. */
  test(folded: string): boolean
  /** Sets of folded texts; a title that matches contains at least one text of each. */
  readonly needs: readonly (readonly string[])[]
  /** Every title that does, matches: it need not be tried. */
  readonly enough: boolean
}

/** Characters of a pattern. */
const LONGEST = 200
/** Instructions of the compiled program; the time for a title grows with it. */
const LARGEST_PROGRAM = 2_000

/** Compiles RE2 syntax. @throws Fault `alerts.pattern-invalid` when it is wrong, or too large */
export function compilePattern(source: string): Pattern {
  if (source.trim() === '' || source.length > LONGEST) throw invalid(`A pattern has 1 to ${LONGEST} characters`)
  const halved = halvePattern(source)
  let compiled: RE2JS
  try {
    compiled = RE2JS.compile(halved, RE2JS.CASE_INSENSITIVE)
  } catch (cause) {
    throw invalid('It is not RE2 syntax', cause)
  }
  if (compiled.programSize() > LARGEST_PROGRAM) throw invalid('The pattern is too large')
  return { test: (folded) => compiled.test(folded), ...requiredLiterals(halved) }
}

/** Full-width signs mean themselves, so they are escaped as they become half-width. */
function halvePattern(source: string): string {
  return source.replace(/[\uff01-\uff5e\u3000]/g, (character) => {
    const half = halfWidth(character)
    return /[a-z0-9 ]/i.test(half) ? half : `\\${half}`
  })
}

function invalid(message: string, cause?: unknown): Fault {
  return new Fault('invalid', 'alerts.pattern-invalid', message, { cause })
}
