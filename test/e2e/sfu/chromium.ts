import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { BrowserContext, Page } from 'playwright-core'

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
]

/** What the test page tells of one received track. */
export interface Received {
  framesDecoded: number
  keyFramesDecoded: number
  frameHeight: number
  videoWidth: number
  audioEnergy: number
  packetsLost: number
  freezeCount: number
  packets: number
}

/** A Chromium with fake camera and microphone, its profile empty and removed afterwards. */
export async function startChromium(): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), 'confab-sfu-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CONFAB_TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS,
  })
  return {
    context,
    close: async () => {
      await context.close()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Opens the test page as a peer. */
export async function openPeer(context: BrowserContext, url: string, peer: string, more = ''): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${url}?peer=${peer}${more}`)
  await page.waitForFunction('window.ready')
  return page
}

/** Waits until what the page receives satisfies `isEnough`, looking ten times a second. */
export async function waitForReceived(
  page: Page,
  what: string,
  isEnough: (received: Record<string, Received>) => boolean,
  timeoutMs = 20_000,
): Promise<Record<string, Received>> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const received = await page.evaluate<Record<string, Received>>('window.received()')
    if (isEnough(received)) return received
    if (performance.now() > deadline) throw new Error(`${what} did not come: ${JSON.stringify(received)}`)
    await page.waitForTimeout(100)
  }
}
