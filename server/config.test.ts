import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { areas, configurationDocument, describeConfig, readConfig } from './config.ts'
import { isFault } from '#kernel/fault.ts'

describe('settings', () => {
  test('every one is optional and has its default', () => {
    const config = readConfig({})
    expect(config.core.port).toBe(8000)
    expect(config.core.databaseUrl).toBeUndefined()
    expect(config.core.alsoListen).toEqual([])
  })

  test('a bad value is a sentence that names the variable', () => {
    for (const value of ['abc', '-1', '70000', '1.5']) {
      try {
        readConfig({ CONFAB_PORT: value })
        expect.unreachable()
      } catch (error) {
        expect(isFault(error, 'config.invalid')).toBe(true)
        expect((error as Error).message).toContain('CONFAB_PORT')
      }
    }
  })

  test('no two share a variable', () => {
    const names = Object.values(areas).flatMap((area) => Object.values(area.settings).map((setting) => setting.env))
    expect(new Set(names).size).toBe(names.length)
  })

  test('secrets are never printed', () => {
    const printed = describeConfig({ CONFAB_SMTP_URL: 'smtp://me:hunter2@mail', CONFAB_SECRET: 's'.repeat(40) })
    expect(printed).toContain('CONFAB_SMTP_URL=[set, hidden]')
    expect(printed).not.toContain('hunter2')
  })

  test('docs/configuration.md is what the settings say', () => {
    const written = readFileSync(join(import.meta.dirname, '../docs/configuration.md'), 'utf8')
    expect(written, 'run npm run format').toBe(configurationDocument())
  })
})
