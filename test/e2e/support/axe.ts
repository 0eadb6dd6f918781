import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Axe {
  readonly axe: {
    run(options: object): Promise<{ violations: { id: string; help: string; nodes: { target: string[] }[] }[] }>
  }
}

/** What axe finds wrong on the page as it is, one line each. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(SOURCE)
  return await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as Axe).axe.run({ resultTypes: ['violations'] })
    return violations.map(
      ({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target.join(' ')).join('; ')})`,
    )
  })
}
