import { readFile, readdir } from 'node:fs/promises'
import { neededBytes } from '#test/support/debugger.ts'
import type { ServerDebugger } from '#test/support/debugger.ts'
import type { RunningServer } from '#test/support/server.ts'

/** What the server holds at one moment. */
export interface Sample {
  readonly at: number
  readonly residentMiB: number
  /** JavaScript that is still needed after a collection of garbage, in the main thread and in the media threads. */
  readonly neededMiB: number
  readonly mediaNeededMiB: number
  readonly files: number
  readonly threads: number
  readonly sockets: number
  readonly rooms: number
  readonly seats: number
  readonly mediaRooms: number
  readonly mediaPeers: number
  readonly tracks: number
}

/** Reads what a server of this machine holds, from `/metrics`, its debugger and the kernel. */
export async function sampleOf(
  { url, process: { pid = 0 } }: RunningServer,
  attached: ServerDebugger,
  metricsToken: string,
): Promise<Sample> {
  const needed = await neededBytes(attached)
  let media = 0
  for (const thread of attached.workers('workers/sfu/worker')) media += await neededBytes(thread)
  const response = await fetch(`${url}/metrics`, {
    headers: { authorization: `Bearer ${metricsToken}` },
    signal: AbortSignal.timeout(20_000),
  })
  const text = await response.text()
  const metric = (name: string): number =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce(
      (sum, found) => sum + Number(found[1]),
      0,
    )
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return {
    at: performance.now(),
    residentMiB: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024,
    neededMiB: needed / 2 ** 20,
    mediaNeededMiB: media / 2 ** 20,
    files: (await readdir(`/proc/${pid}/fd`)).length,
    threads: (await readdir(`/proc/${pid}/task`)).length,
    sockets: metric('confab_sockets_open'),
    rooms: metric('confab_meeting_rooms'),
    seats: metric('confab_meeting_seats'),
    mediaRooms: metric('confab_sfu_rooms'),
    mediaPeers: metric('confab_sfu_peers'),
    tracks: metric('confab_sfu_tracks'),
  }
}

/** MiB a minute by which `value` grows over the samples: the slope of the straight line that fits best. */
export function growth(samples: readonly Sample[], value: (sample: Sample) => number): number {
  const minutes = samples.map((sample) => sample.at / 60_000)
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length
  const [x, y] = [mean(minutes), mean(samples.map(value))]
  let over = 0
  let under = 0
  for (const [at, sample] of samples.entries()) {
    const dx = (minutes[at] as number) - x
    over += dx * (value(sample) - y)
    under += dx * dx
  }
  return over / under
}
