/** What of a client's JSON cannot be kept or passed on. */
export interface JsonFlaw {
  /** Where: `title`, `settings.enable_chat`; empty for the whole. */
  readonly path: string
  readonly reason: 'contains a NUL character' | 'contains half a character' | 'is nested too deep'
}

/** Nothing asked for lies deeper. `JSON.stringify` and every walk by recursion give up at some thousand. */
const DEEPEST = 64

/**
 * The first of these, which a schema lets through: a text with a NUL or with half of a surrogate pair (PostgreSQL's text
 * holds no NUL, its JSON neither; RFC 7493, section 2.1, forbids both), and nesting that nothing asked for.
 */
export function findJsonFlaw(value: unknown, path = '', depth = 0): JsonFlaw | undefined {
  if (typeof value === 'string') {
    const reason = flawOfText(value)
    return reason === undefined ? undefined : { path, reason }
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === DEEPEST) return { path: path.split('.', 1)[0] ?? '', reason: 'is nested too deep' }
  for (const [key, inner] of Object.entries(value)) {
    const here = path === '' ? key : `${path}.${key}`
    const reason = flawOfText(key)
    if (reason !== undefined) return { path: here.replaceAll('\0', '').toWellFormed(), reason }
    const found = findJsonFlaw(inner, here, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

/** Whether what was read would not survive being written again, whatever its texts are. */
export function isNestedTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === DEEPEST || Object.values(value).some((inner) => isNestedTooDeep(inner, depth + 1))
}

function flawOfText(text: string): JsonFlaw['reason'] | undefined {
  if (text.includes('\0')) return 'contains a NUL character'
  return text.isWellFormed() ? undefined : 'contains half a character'
}
