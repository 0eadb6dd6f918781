// CPU, loss and delay of the SFU beside Debian's Janus doing the same work in the same run: `node bench/sfu/main.ts ['part of a name']`.
import { fork } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Benchmark, Measurement } from '../measurement.ts'
import { hasJanus, startJanus } from './janus-server.ts'
import { startOurs } from './our-server.ts'
import type { FromLoad, LoadResult, Scenario, ServerUnderLoad } from './protocol.ts'

const base = { rooms: 1, everybodySubscribes: false, packetBytes: 1100, warmUpMs: 6000, measureMs: 8000 }
const SCENARIOS: Scenario[] = [
  { ...base, name: 'one to 10', publishers: 1, subscribers: 10, packetsPerSecond: 1000 },
  { ...base, name: 'one to 20', publishers: 1, subscribers: 20, packetsPerSecond: 1500 },
  { ...base, name: 'one to 50', publishers: 1, subscribers: 50, packetsPerSecond: 300 },
  { ...base, name: '8 to 8 at 720p', publishers: 8, subscribers: 8, everybodySubscribes: true, packetsPerSecond: 250 },
  {
    ...base,
    name: 'twenty rooms of 3',
    rooms: 20,
    publishers: 3,
    subscribers: 3,
    everybodySubscribes: true,
    packetsPerSecond: 60,
  },
]

interface Outcome extends LoadResult {
  cpuPerPacket: number
  packetsPerSecond: number
  /** Megabytes each open peer connection made the server larger by. */
  mbPerConnection: number
}

/** Runs every scenario (whose name has `only` in it) on both servers, in turn. */
export async function run(only = ''): Promise<Measurement[]> {
  const measurements: Measurement[] = []
  for (const scenario of SCENARIOS.filter(({ name }) => name.includes(only))) {
    const ours = await measure(scenario, startOurs)
    const janus = hasJanus() ? await measure(scenario, startJanus) : null
    measurements.push({
      name: `${scenario.name}: server CPU per forwarded packet`,
      measured: `${ours.cpuPerPacket.toFixed(1)} µs at ${Math.round(ours.packetsPerSecond)} packets/s`,
      beside: janus
        ? `Janus ${janus.cpuPerPacket.toFixed(1)} µs at ${Math.round(janus.packetsPerSecond)} packets/s`
        : 'Janus is not installed',
      ...(janus && {
        ratio: ours.cpuPerPacket / janus.cpuPerPacket,
        asked: 'at most 1.0',
        holds: ours.cpuPerPacket <= janus.cpuPerPacket,
      }),
    })
    measurements.push({
      name: `${scenario.name}: loss, added delay p50 and p99, memory per connection; how busy and how late the load itself was`,
      measured: describe(ours, scenario),
      beside: janus ? `Janus ${describe(janus, scenario)}` : 'Janus is not installed',
    })
  }
  return measurements
}

/** For `npm run bench`. */
export const benchmark: Benchmark = { title: 'SFU', run: () => run() }

function describe(outcome: Outcome, { measureMs }: Scenario): string {
  const loss = (100 * (1 - outcome.received / outcome.expected)).toFixed(3)
  const { delayP50, delayP99, mbPerConnection, loadCpuMs, lateP99 } = outcome
  const load = `load ${((100 * loadCpuMs) / measureMs).toFixed(0)} % of a core, p99 ${lateP99.toFixed(1)} ms late`
  return `${loss} %, ${delayP50.toFixed(2)} ms, ${delayP99.toFixed(2)} ms, ${mbPerConnection.toFixed(2)} MB; ${load}`
}

/** Megabytes a process has in memory. */
function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

async function measure(scenario: Scenario, start: () => Promise<ServerUnderLoad>): Promise<Outcome> {
  const server = await start()
  const emptyMb = residentMb(server.pid)
  const load = fork(new URL('./load-process.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  let cpuBefore = 0
  let cpuMs = 0
  try {
    const result = await new Promise<LoadResult>((resolve, reject) => {
      load.once('exit', () => reject(new Error('the load ended')))
      load.on('message', (message: FromLoad) => {
        if (message.type === 'result') resolve(message.result)
        else if (message.type === 'failed') reject(new Error(`${server.name}: ${message.message}`))
        else if (message.type === 'measuring') cpuBefore = cpuOf(server.pid)
        else if (message.type === 'measured') cpuMs = cpuOf(server.pid) - cpuBefore
        else {
          const { id, method, room, peer, sdp } = message
          const done =
            method === 'publish'
              ? server.publish(room, peer, sdp)
              : method === 'subscribe'
                ? server.subscribe(room, peer)
                : server.answer(room, peer, sdp).then(() => '')
          done.then(
            (answer) => load.send({ type: 'signalled', id, sdp: answer }),
            (error: unknown) => load.send({ type: 'signalled', id, sdp: '', error: String(error) }),
          )
        }
      })
      load.send({ type: 'run', scenario })
    })
    return {
      ...result,
      cpuPerPacket: (cpuMs * 1000) / result.received,
      packetsPerSecond: (result.received * 1000) / scenario.measureMs,
      mbPerConnection: (residentMb(server.pid) - emptyMb) / result.connections,
    }
  } finally {
    load.removeAllListeners('exit')
    load.kill()
    await server.close()
  }
}

/** Milliseconds of CPU all threads of a process have used, to the nanosecond. */
function cpuOf(pid: number): number {
  let nanoseconds = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
    } catch {
      // The thread ended as we looked.
    }
  }
  return nanoseconds / 1e6
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { name, measured, beside, ratio } of await run(process.argv[2])) {
    console.log(`${name}\n  ${measured}\n  ${beside}${ratio === undefined ? '' : `\n  ratio ${ratio.toFixed(2)}`}`)
  }
}
