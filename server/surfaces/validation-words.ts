import { Locale } from 'typebox/system'
import type { JsonFlaw } from '#kernel/json-flaws.ts'

/** One thing that a schema does not allow, as TypeBox tells it. */
export type CheckError = Parameters<typeof Locale.zh_Hans>[0] & { readonly message: string }

/** What is wrong, in English and in Simplified Chinese; it follows the name of a field. */
export interface Wrong {
  readonly en: string
  readonly zh: string
}

/** Keywords whose usual words quote the schema (a regular expression, `anyOf`), which tells nobody what to do. */
const PLAIN: Readonly<Record<string, Wrong>> = {
  required: { en: 'is required', zh: '不能为空' },
  pattern: { en: 'has a wrong format', zh: '格式不正确' },
  format: { en: 'has a wrong format', zh: '格式不正确' },
  anyOf: { en: 'is none of the allowed values', zh: '不是允许的值' },
  enum: { en: 'is none of the allowed values', zh: '不是允许的值' },
  const: { en: 'is none of the allowed values', zh: '不是允许的值' },
}

const TYPES: Readonly<Record<string, string>> = {
  string: '字符串',
  integer: '整数',
  number: '数字',
  boolean: '布尔值',
  array: '数组',
  object: '对象',
  null: 'null',
}

/** What `findJsonFlaw` says. */
export const flawWords: Readonly<Record<JsonFlaw['reason'], string>> = {
  'contains a NUL character': '含有 NUL 字符',
  'contains half a character': '含有不完整的字符',
  'is nested too deep': '嵌套过深',
}

/** The words for one error. */
export function wordsOf(error: CheckError): Wrong {
  const plain = PLAIN[error.keyword]
  if (plain !== undefined) return plain
  if (error.keyword === 'type') {
    const types = [error.params.type].flat()
    return { en: error.message, zh: `必须是${types.map((type) => TYPES[type] ?? type).join('或')}` }
  }
  return { en: error.message, zh: Locale.zh_Hans(error) }
}
