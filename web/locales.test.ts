import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'

const here = new URL('../locales/', import.meta.url)
const languages = ['zh-TW', 'zh-CN', 'en'] as const
const read = (language: string, domain: string) =>
  JSON.parse(readFileSync(new URL(`${language}/${domain}.json`, here), 'utf8')) as Record<string, unknown>
const domainsOf = (language: string) =>
  readdirSync(new URL(language, here))
    .map((file) => file.replace(/\.json$/, ''))
    .sort()

// A language has the plural forms it needs and no others, so keys are compared without them.
const plural = /_(zero|one|two|few|many|other)$/

function leaves(texts: Record<string, unknown>, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of Object.entries(texts)) {
    if (typeof value === 'string') found.set(`${path}${name}`, value)
    else for (const [key, text] of leaves(value as Record<string, unknown>, `${path}${name}.`)) found.set(key, text)
  }
  return found
}

const keysOf = (texts: Map<string, string>) =>
  [...new Set([...texts.keys()].map((key) => key.replace(plural, '')))].sort()
const slotsOf = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g) ?? [])].sort().join(' ')

test('every language has the same domains', () => {
  expect(domainsOf('zh-TW').length).toBeGreaterThan(0)
  for (const language of languages) expect(domainsOf(language), language).toEqual(domainsOf('zh-TW'))
})

test.each(domainsOf('zh-TW'))('%s: same keys, same slots, nothing empty', (domain) => {
  const reference = leaves(read('zh-TW', domain))
  expect(reference.size).toBeGreaterThan(0)
  for (const language of languages) {
    const texts = leaves(read(language, domain))
    expect(keysOf(texts), language).toEqual(keysOf(reference))
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories
    for (const [key, text] of texts) {
      expect(text.trim(), `${language} ${key}`).not.toBe('')
      const form = key.match(plural)?.[1]
      if (!form) {
        expect(slotsOf(text), `${language} ${key}`).toBe(slotsOf(reference.get(key) ?? ''))
        continue
      }
      for (const category of needed)
        expect(texts.has(key.replace(plural, `_${category}`)), `${language} ${key}: ${category}`).toBe(true)
    }
  }
})
