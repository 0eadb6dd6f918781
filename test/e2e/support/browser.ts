import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { BrowserContext, Page } from 'playwright-core'

/** One person's browser, with a profile of its own. */
export interface Browser {
  readonly context: BrowserContext
  readonly page: Page
  /** What the page complained about: exceptions nobody caught, and errors on its console. */
  readonly complaints: string[]
  close(): Promise<void>
}

export interface BrowserOptions {
  readonly width?: number
  readonly height?: number
  readonly language?: string
  /** A screen that takes fingers. */
  readonly touch?: boolean
  readonly args?: readonly string[]
  /** A program that starts Chromium its own way. */
  readonly executable?: string
}

/** Chromium as Debian ships it, or the one `CONFAB_CHROMIUM` names. */
export const CHROMIUM = process.env['CONFAB_CHROMIUM'] ?? '/usr/bin/chromium'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Several windows of one machine: none of them is to be slowed down for being behind another.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream=device-count=3',
  '--auto-accept-this-tab-capture',
]

/** Opens a Chromium with a pretended camera and microphone and a fresh profile, which `close` removes. */
export async function openBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'confab-browser-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: options.executable ?? CHROMIUM,
    headless: true,
    // Where no language is set, as in CI, names of files would lose what is not ASCII.
    env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
    args: [...ARGS, ...(options.args ?? [])],
    viewport: { width: options.width ?? 960, height: options.height ?? 640 },
    locale: options.language ?? 'en',
    permissions: ['camera', 'microphone'],
    reducedMotion: 'reduce',
    hasTouch: options.touch ?? false,
  })
  const complaints: string[] = []
  const page = context.pages()[0] ?? (await context.newPage())
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // An answer of 4xx is told as an error by the browser; whether it is one is the test's business.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text())
  })
  return {
    context,
    page,
    complaints,
    close: async () => {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}
