import { rm } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { startServer } from '#test/support/server.ts'
import type { RunningServer, ServerOptions } from '#test/support/server.ts'
import { call, MEDIA_CHOICES, signIn, signUp } from './accounts.ts'
import type { Somebody } from './accounts.ts'
import { openBrowser } from './browser.ts'
import type { Browser } from './browser.ts'
import { builtWeb } from './built-web.ts'
import { goIn, watchConnections } from './room.ts'

/** Several people with a browser each, on one server. */
export interface Crew {
  server: RunningServer
  readonly people: readonly Somebody[]
  readonly browsers: readonly Browser[]
  page(index: number): Page
  person(index: number): Somebody
  /** Another tab of somebody's browser, closed when the crew disperses. */
  tab(index: number): Promise<Page>
  /** The first one makes a meeting that begins now. */
  meeting(fields?: Record<string, unknown>): Promise<number>
  /** A meeting with the first `count` inside. */
  gathered(count: number, fields?: Record<string, unknown>): Promise<number>
  /** Leaves every room and forgets it; answers what the pages complained about. */
  disperse(): Promise<string[]>
  close(): Promise<void>
}

/** Leaves nothing of a meeting, nor of the devices that were chosen in it. */
function forget(choices: string): void {
  sessionStorage.clear()
  localStorage.setItem('confab.meetings.media', choices)
}

const NAMES = [
  ['yijun', '林怡君'],
  ['zhiyuan', '歐陽致遠'],
  ['weiting', '陳威廷'],
] as const

/** Starts a server and opens a browser for each of `count` people, the first one of whom makes the meetings. */
export async function gatherCrew(count: 2 | 3, options: ServerOptions = {}): Promise<Crew> {
  await builtWeb()
  const server = await startServer(options)
  const people: Somebody[] = []
  const browsers: Browser[] = []
  for (const [username, nickname] of NAMES.slice(0, count)) {
    const somebody = await signUp(server.url, username, nickname)
    const browser = await openBrowser()
    await watchConnections(browser)
    await signIn(browser, server.url, somebody)
    people.push(somebody)
    browsers.push(browser)
  }
  const at = <Item>(list: readonly Item[], index: number): Item => {
    const found = list[index]
    if (found === undefined) throw new Error(`nobody at ${index}`)
    return found
  }
  const crew: Crew = {
    server,
    people,
    browsers,
    page: (index) => at(browsers, index).page,
    person: (index) => at(people, index),
    tab: (index) => at(browsers, index).context.newPage(),
    meeting: async (fields = {}) => {
      const now = Date.now()
      const body = {
        title: '第四季產品規劃',
        start_time: new Date(now).toISOString(),
        end_time: new Date(now + 3_600_000).toISOString(),
        ...fields,
      }
      const token = at(people, 0).tokens.access_token
      return (await call<{ meeting_id: number }>(crew.server.url, 'POST', '/api/v1/meetings', body, token)).meeting_id
    },
    gathered: async (inside, fields) => {
      const id = await crew.meeting(fields)
      for (const { page } of browsers.slice(0, inside)) await goIn(page, crew.server.url, id)
      return id
    },
    disperse: async () => {
      const complaints: string[] = []
      for (const browser of browsers) {
        for (const tab of browser.context.pages()) if (tab !== browser.page) await tab.close()
        if (browser.page.url().startsWith('http')) await browser.page.evaluate(forget, MEDIA_CHOICES)
        await browser.page.goto('about:blank')
        complaints.push(...browser.complaints.splice(0))
      }
      return complaints
    },
    close: async () => {
      await Promise.all(browsers.map((browser) => browser.close()))
      await crew.server.stop()
      // A server that was started again on the same directory leaves it.
      await rm(server.dataDir, { recursive: true, force: true })
    },
  }
  return crew
}
