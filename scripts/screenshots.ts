// Draws every view of every feature in Chromium with pretended data, and runs axe over each:
//   node scripts/screenshots.ts <folder> [--feature=account] [--screen=profile,sessions] [--all]
// Without --all, each view is drawn in the six ways that differ most; with it, in all eighteen.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Browser, type Page, chromium } from 'playwright-core'
import { build } from 'vite'
import type { Screen } from '../web/src/app/screen.ts'
import { answer, answerEvents, serveBuild } from './screenshots-server.ts'

interface Way {
  theme: 'light' | 'dark'
  width: number
  language: string
}

const themes = ['light', 'dark'] as const
const widths = [360, 768, 1440]
const languages = ['zh-TW', 'zh-CN', 'en']
const every: Way[] = themes.flatMap((theme) =>
  widths.flatMap((width) => languages.map((language) => ({ theme, width, language }))),
)
const telling: Way[] = [
  { theme: 'light', width: 1440, language: 'zh-TW' },
  { theme: 'dark', width: 1440, language: 'zh-TW' },
  { theme: 'light', width: 360, language: 'zh-TW' },
  { theme: 'dark', width: 360, language: 'en' },
  { theme: 'light', width: 768, language: 'en' },
  { theme: 'dark', width: 768, language: 'zh-CN' },
]

const root = fileURLToPath(new URL('..', import.meta.url))
const option = (name: string) => process.argv.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3)
const folder = process.argv[2]
if (!folder || folder.startsWith('--')) {
  console.error('Usage: node scripts/screenshots.ts <folder> [--feature=…] [--screen=…,…] [--all]')
  process.exit(1)
}
const ways = process.argv.includes('--all') ? every : telling
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

// Fonts there, and every animation that ends ended.
const settled = `Promise.all([document.fonts.ready, ...document.getAnimations()
  .filter((each) => each.effect?.getTiming().iterations !== Infinity).map((each) => each.finished.catch(() => null))]).then(() => null)`

interface Finding {
  id: string
  help: string
  targets: string[]
}

async function audit(page: Page): Promise<Finding[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run: (options: object) => Promise<{ violations: { id: string; help: string; nodes: { target: string[] }[] }[] }>
      }
    }
    const { violations } = await axe.run({ resultTypes: ['violations'] })
    return violations.map(({ id, help, nodes }) => ({ id, help, targets: nodes.map((node) => node.target.join(' ')) }))
  })
}

async function draw(browser: Browser, feature: string, screen: Screen, way: Way, base: string): Promise<string[]> {
  // A context each: what one view keeps in the browser must not change another's.
  const context = await browser.newContext({ locale: way.language })
  await context.clock.setFixedTime(new Date('2026-11-20T09:42:00+08:00'))
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(`broke: ${error.message}`))
  page.on('console', (message) => {
    // A pretended 4xx or 5xx is told by the browser as an error of the page; it is what is being looked at.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      problems.push(`console: ${message.text()}`)
  })
  try {
    await page.setViewportSize({ width: way.width, height: way.width === 360 ? 780 : way.width === 768 ? 1024 : 900 })
    await page.emulateMedia({ colorScheme: way.theme, reducedMotion: 'reduce' })
    await page.addInitScript(
      ({ language, signedOut }) => {
        localStorage.setItem('confab.language', language)
        if (signedOut) localStorage.removeItem('confab.session')
        else {
          const session = { accessToken: 'pretended', refreshToken: 'pretended', expiresAt: Date.now() + 3_600_000 }
          localStorage.setItem('confab.session', JSON.stringify(session))
        }
      },
      { language: way.language, signedOut: screen.signedOut ?? false },
    )
    await page.route(/^https?:\/\/[^/]+\/(api|avatars|files|streams)\//, (route) => answer(route, screen, way.language))
    await page.routeWebSocket(/\/ws\/events$/, (socket) => answerEvents(socket, screen))
    await page.goto(base + screen.path)
    // What is never answered keeps the network busy; skeletons show after 150 ms.
    const unanswered = Object.values(screen.answers ?? {}).some((each) => each.never)
    await (unanswered ? page.waitForTimeout(1500) : page.waitForLoadState('networkidle'))
    // Every view has a heading once its words are there.
    await page.locator('h1').first().waitFor()
    if (screen.until) await page.getByText(screen.until).first().waitFor()
    await screen.prepare?.(page)
    await page.evaluate(settled)
    const wide = (await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    )) as number
    if (wide > 0) problems.push(`wider than the window by ${wide} px`)
    const name = `${feature}-${screen.name}-${way.width}-${way.theme}-${way.language}.png`
    await page.screenshot({ path: join(folder ?? '.', name) })
    for (const finding of await audit(page))
      problems.push(`axe ${finding.id}: ${finding.help} (${finding.targets.slice(0, 3).join('; ')})`)
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
  } finally {
    await context.close()
  }
  return problems
}

async function featureScreens(): Promise<{ feature: string; screens: readonly Screen[] }[]> {
  const features = join(root, 'web/src/features')
  const found = []
  for (const feature of readdirSync(features).toSorted()) {
    if (option('feature') && option('feature') !== feature) continue
    const file = join(features, feature, 'screens.ts')
    const module = (await import(pathToFileURL(file).href).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_MODULE_NOT_FOUND') return { screens: [] }
      throw error
    })) as { screens: readonly Screen[] }
    const named = option('screen')?.split(',')
    const screens = module.screens.filter((screen) => !named || named.includes(screen.name))
    found.push({ feature, screens })
  }
  return found
}

mkdirSync(folder, { recursive: true })
const dist = mkdtempSync(join(tmpdir(), 'confab-web-'))
await build({
  root: join(root, 'web'),
  configFile: join(root, 'web/vite.config.ts'),
  logLevel: 'warn',
  build: { outDir: dist },
})
const server = await serveBuild(dist)
const browser = await chromium.launch({
  executablePath: process.env['CONFAB_CHROMIUM'] ?? '/usr/bin/chromium',
  headless: true,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
let drawn = 0
let wrong = 0
try {
  const jobs = (await featureScreens()).flatMap(({ feature, screens }) =>
    screens.flatMap((screen) => ways.map((way) => ({ feature, screen, way }))),
  )
  const work = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const { feature, screen, way } = job
      const problems = await draw(browser, feature, screen, way, server.base)
      drawn++
      for (const problem of new Set(problems)) {
        wrong++
        console.log(`${feature} ${screen.name} ${way.width} ${way.theme} ${way.language}: ${problem}`)
      }
    }
  }
  await Promise.all(Array.from({ length: 4 }, work))
} finally {
  await browser.close()
  await server.close()
  rmSync(dist, { recursive: true, force: true })
}
console.log(`${drawn} pictures in ${folder}, ${wrong} findings.`)
process.exitCode = drawn === 0 || wrong > 0 ? 1 : 0
