import type { Locator, Page } from 'playwright-core'
import type { Browser } from './browser.ts'

/** A statistics report, as far as the tests look into it. */
interface Report {
  readonly type: string
  readonly framesDecoded?: number
  readonly totalAudioEnergy?: number
}

/** What the script below keeps for the tests; the product knows nothing of it. */
interface Held {
  readonly heldConnections: readonly {
    readonly connectionState: string
    readonly localDescription: { readonly sdp: string } | null
    getStats(): Promise<ReadonlyMap<string, Report>>
  }[]
}

/** A video element, as far as the tests look into it. */
interface Picture {
  readonly videoWidth: number
  readonly videoHeight: number
  requestVideoFrameCallback(callback: () => void): number
}

const HOLD = `
  globalThis.heldConnections = []
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration) {
      super(configuration)
      globalThis.heldConnections.push(this)
    }
  }`

const LATE = `
  if (origin !== 'null' && sessionStorage.getItem('late-devices') === 'yes') {
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    const wanted = new Promise((start) => addEventListener('late-devices', start, { once: true }))
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      await wanted
      const stream = await ask(constraints)
      setTimeout(() => (globalThis.lateDevicesRun = true))
      return stream
    }
  }`

/** From the next page on, until its tab forgets: camera and microphone start when the answered function is called. */
export async function holdDevices(page: Page): Promise<() => Promise<void>> {
  await page.addInitScript({ content: LATE })
  await page.evaluate(`sessionStorage.setItem('late-devices', 'yes')`)
  return async () => {
    await page.evaluate(`dispatchEvent(new Event('late-devices'))`)
    await until(
      () => page.evaluate(`globalThis.lateDevicesRun === true`),
      (isRunning) => isRunning === true,
    )
  }
}

/** Cuts a page's signalling socket, after which none can be opened until it is mended. */
export async function cuttable(page: Page): Promise<{ cut(): void; mend(): void }> {
  let isOpen = true
  let close = (): void => {}
  await page.routeWebSocket(/\/ws\/signaling/, (socket) => {
    if (!isOpen) return void socket.close({ code: 1001 })
    socket.connectToServer()
    close = () => void socket.close({ code: 1001 })
  })
  return {
    cut: () => {
      isOpen = false
      close()
    },
    mend: () => (isOpen = true),
  }
}

/** Lets the tests read the statistics of the page's peer connections. Once for each browser, before its first page. */
export async function watchConnections({ context }: Browser): Promise<void> {
  await context.addInitScript({ content: HOLD })
}

/** Opens the page before a meeting, and goes in. */
export async function goIn(page: Page, url: string, meetingId: number): Promise<void> {
  await page.goto(`${url}/meetings/${meetingId}/room`)
  await page.locator('button[type=submit]').click()
  await inside(page)
}

/** Waits until one is in the room. */
export async function inside(page: Page): Promise<void> {
  await page.getByRole('toolbar').waitFor()
}

/** Somebody's tile, or the screen they share. */
export function tile(page: Page, userId: number, kind: 'person' | 'screen' = 'person') {
  return page.locator(`section[data-user="${userId}"][data-kind="${kind}"]`)
}

/** Waits until a tile's picture has shown `frames` new frames; answers how large it is. */
export async function moves(
  page: Page,
  userId: number,
  kind: 'person' | 'screen' = 'person',
  frames = 8,
): Promise<{ width: number; height: number }> {
  const video = tile(page, userId, kind).locator('video')
  const end = Date.now() + 40_000
  for (;;) {
    await video.waitFor()
    // A connection that is renewed may come with another element.
    const size = await video.evaluate(
      (element, wanted) =>
        new Promise<{ width: number; height: number } | undefined>((done) => {
          const picture = element as unknown as Picture
          let timer: ReturnType<typeof setTimeout> | undefined
          let seen = 0
          const next = () => {
            clearTimeout(timer)
            if (seen++ > wanted) return done({ width: picture.videoWidth, height: picture.videoHeight })
            timer = setTimeout(() => done(undefined), 5_000)
            picture.requestVideoFrameCallback(next)
          }
          next()
        }),
      frames,
    )
    if (size !== undefined) return size
    if (Date.now() > end) throw new Error('the picture does not move')
  }
}

/** Where something stands once it moves no more: in the same place for several frames. */
export async function settled(what: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const look = async (): Promise<Awaited<ReturnType<Locator['boundingBox']>>> => {
    await drawn(what.page())
    return what.boundingBox()
  }
  let box = await look()
  const isStill = async (): Promise<boolean> => {
    const before = box
    box = await look()
    return box !== null && JSON.stringify(box) === JSON.stringify(before)
  }
  await until(isStill, (still) => still)
  return box as NonNullable<typeof box>
}

/** Waits until a page has drawn what was just done to it. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))')
}

/** What has arrived at a page since it was loaded, over all its connections. */
export async function received(page: Page): Promise<{ framesDecoded: number; audioEnergy: number }> {
  return await page.evaluate(async () => {
    const sum = { framesDecoded: 0, audioEnergy: 0 }
    for (const connection of (globalThis as unknown as Held).heldConnections) {
      if (connection.connectionState === 'closed') continue
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== 'inbound-rtp') continue
        sum.framesDecoded += report.framesDecoded ?? 0
        sum.audioEnergy += report.totalAudioEnergy ?? 0
      }
    }
    return sum
  })
}

/** Asks `question` until the answer pleases `enough`; answers it, or fails after `within` ms. */
export async function until<Answer>(
  question: () => Promise<Answer>,
  enough: (answer: Answer) => boolean,
  within = 30_000,
): Promise<Answer> {
  const end = Date.now() + within
  for (;;) {
    const answer = await question()
    if (enough(answer)) return answer
    if (Date.now() > end) throw new Error(`not within ${within} ms; the last answer was ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** The ICE user names of a page's open connections: they change when new paths are sought. */
export async function iceUser(page: Page): Promise<string[]> {
  return await page.evaluate(() =>
    (globalThis as unknown as Held).heldConnections
      .filter((connection) => connection.connectionState === 'connected')
      .map((connection) => /a=ice-ufrag:(\S+)/.exec(connection.localDescription?.sdp ?? '')?.[1] ?? ''),
  )
}
