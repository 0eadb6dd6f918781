import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Fault } from '#kernel/fault.ts'
import { findJsonFlaw } from '#kernel/json-flaws.ts'
import type { AnyRoute } from '#contracts/route.ts'
import { flawWords, wordsOf } from './validation-words.ts'
import type { CheckError, Wrong } from './validation-words.ts'

/** What was wrong with a request, as a surface needs it to choose the document's sentence. */
export interface Issue {
  readonly in: 'params' | 'query' | 'body'
  /** The first wrong field (`email`, `settings.enable_chat`), empty where the whole is wrong (no JSON object at all). */
  readonly field: string
  /** Every wrong field, in the schema's order. */
  readonly fields: readonly string[]
  readonly reason: 'required' | 'type' | 'other'
  /** Plain English, for families whose words leave room for it. */
  readonly details: string
  /** The same in Simplified Chinese, where it was said. */
  readonly detailsZh?: string
}

/** Checks one part of a request. */
export type Validator = (value: unknown) => unknown

/** The fault of a request that its contract does not allow. */
export function invalidRequest(issue: Issue): Fault {
  return new Fault('invalid', 'request.invalid', issue.details, { data: { issue } })
}

/** Compiles the checks of a route: each returns the value it let through, or throws `request.invalid`. */
export function compileValidators(contract: AnyRoute): { params: Validator; query: Validator; body: Validator } {
  return {
    params: validator('params', contract.params, true),
    query: validator('query', contract.query, true),
    body: validator('body', contract.body, false),
  }
}

function validator(part: Issue['in'], schema: TSchema | undefined, convert: boolean): Validator {
  if (schema === undefined) return () => (part === 'body' ? undefined : {})
  const compiled = Compile(schema)
  // A body whose every field may be left out may be left out itself.
  const absent = part === 'body' && compiled.Check({}) ? {} : undefined
  return (value) => {
    const input = convert
      ? fromText(schema, value as Readonly<Record<string, unknown>>)
      : value === undefined
        ? absent
        : value
    if (compiled.Check(input)) {
      refuseFlaws(part, input)
      return input
    }
    throw invalidRequest(describe(part, schema, compiled.Errors(input), input))
  }
}

/**
 * Numbers and booleans out of the texts that a path and a query are made of. Only what is one in full becomes one:
 * `1.5` is no id, and does not turn into 1.
 */
function fromText(schema: TSchema, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { properties = {} } = schema as { properties?: Readonly<Record<string, { type?: string }>> }
  const read: Record<string, unknown> = { ...given }
  for (const [name, { type }] of Object.entries(properties)) {
    const text = read[name]
    if (typeof text !== 'string') continue
    if (type === 'integer' && /^-?\d{1,16}$/.test(text)) read[name] = Number(text)
    else if (type === 'number' && /^-?\d+(\.\d+)?$/.test(text)) read[name] = Number(text)
    else if (type === 'boolean' && /^(true|false)$/.test(text)) read[name] = text === 'true'
  }
  return read
}

/** Refuses what a schema lets through and nothing can keep. @throws Fault `request.invalid` */
export function refuseFlaws(part: Issue['in'], value: unknown): void {
  const flaw = findJsonFlaw(value)
  if (flaw === undefined) return
  const { path: field, reason } = flaw
  const said = sentences(part, field, { en: reason, zh: flawWords[reason] })
  throw invalidRequest({ in: part, field, fields: [field], reason: 'other', ...said })
}

function describe(part: Issue['in'], schema: TSchema, errors: readonly CheckError[], input: unknown): Issue {
  if (part === 'body' && (typeof input !== 'object' || input === null)) {
    const wrong =
      input === undefined
        ? { en: 'is missing', zh: '不能为空' }
        : { en: 'must be a JSON object', zh: '必须是 JSON 对象' }
    return { in: part, field: '', fields: [], reason: 'type', ...sentences(part, '', wrong) }
  }
  const found = new Map<string, { reason: Issue['reason']; wrong: Wrong }>()
  for (const error of errors) {
    const base = error.instancePath.slice(1).replaceAll('/', '.')
    if (error.keyword === 'required') {
      for (const name of error.params.requiredProperties) {
        const field = base === '' ? name : `${base}.${name}`
        if (!found.has(field)) found.set(field, { reason: 'required', wrong: wordsOf(error) })
      }
    } else if (!found.has(base)) {
      const reason = error.keyword === 'type' ? 'type' : 'other'
      found.set(base, { reason, wrong: wordsOf(error) })
    }
  }
  const order = Object.keys((schema as { properties?: object }).properties ?? {})
  const rank = (field: string): number => {
    const at = order.indexOf(field.split('.')[0] ?? '')
    return at < 0 ? order.length : at
  }
  const fields = [...found.keys()].sort((a, b) => rank(a) - rank(b))
  const field = fields[0] ?? ''
  const first = found.get(field)
  return {
    in: part,
    field,
    fields,
    reason: first?.reason ?? 'other',
    ...sentences(part, field, first?.wrong ?? { en: 'is not valid', zh: '不正确' }),
  }
}

const PARTS = { params: '路径', query: '查询参数', body: '请求内容' } as const

/** What is wrong with a field, or with the whole of a part where none is named. */
function sentences(part: Issue['in'], field: string, { en, zh }: Wrong): { details: string; detailsZh: string } {
  return { details: `${field || `the ${part}`} ${en}`, detailsZh: `${field || PARTS[part]} ${zh}` }
}
