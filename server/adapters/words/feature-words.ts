import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../../../locales')
const LANGUAGES = ['zh-TW', 'zh-CN', 'en'] as const

/** A sentence by its dotted key in `locales/<locale>/<domain>.json`, `{{name}}` filled in; zh-TW where no locale is known. */
export type FeatureWords = (
  locale: string | null,
  key: string,
  values?: Readonly<Record<string, string | number>>,
) => string

/** The server's share of a feature's words: what notifications say. Read once, at the start. */
export function createFeatureWords(domain: string): FeatureWords {
  const texts = new Map(
    LANGUAGES.map((locale) => [
      locale as string,
      JSON.parse(readFileSync(join(FOLDER, locale, `${domain}.json`), 'utf8')) as unknown,
    ]),
  )
  return (locale, key, values = {}) => {
    let found: unknown = texts.get(locale ?? '') ?? texts.get(LANGUAGES[0])
    for (const part of key.split('.')) found = (found as Record<string, unknown> | undefined)?.[part]
    if (typeof found !== 'string') throw new Error(`locales: ${domain}.json has no ${key}`)
    return found.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''))
  }
}
