import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createSipCarrier } from '#adapters/sip/sip-carrier.ts'
import { createLog } from '#kernel/log.ts'
import { percentile } from '../measurement.ts'
import type { Measurement } from '../measurement.ts'
import { startBareTimer } from './bare-timer.ts'

const CALLS = 100
const TALK_MS = 10_000
/** Calls begun a second, ours and sipp's. */
const PACE = 100

const called = `<?xml version="1.0" encoding="ISO-8859-1" ?><scenario name="called">
<recv request="INVITE"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[pid]T[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio [media_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000

]]></send>
<recv request="ACK"/>
<recv request="BYE"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
</scenario>`

const calling = `<?xml version="1.0" encoding="ISO-8859-1" ?><scenario name="calling">
<send retrans="500" start_rtd="1"><![CDATA[
INVITE sip:+886912345678@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:sipp@[local_ip]:[local_port]>;tag=[pid]S[call_number]
To: <sip:+886912345678@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 20000 RTP/AVP 0

]]></send>
<recv response="200" rtd="1"/>
<send><![CDATA[
ACK sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:sipp@[local_ip]:[local_port]>;tag=[pid]S[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
<pause milliseconds="1000"/>
<send retrans="500"><![CDATA[
BYE sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:sipp@[local_ip]:[local_port]>;tag=[pid]S[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
</scenario>`

/** 100 calls at once through our SIP stack; the same number from sipp to sipp for the set-up time. */
export async function measureSipCalls(): Promise<Measurement[]> {
  const peer = await setUpTimesOfSipp()
  const folder = await mkdtemp(join(tmpdir(), 'confab-bench-'))
  const port = await freePort()
  await writeFile(join(folder, 'called.xml'), called)
  const other = sipp(folder, ['-sf', 'called.xml', '-p', String(port), '-mp', '30000'])
  await delay(1_000)

  const stats: { sent: number; late: number; maxLateMs: number }[] = []
  const log = createLog({
    level: 'debug',
    destination: {
      write: (line) => {
        const entry = JSON.parse(line) as { sent?: number; late?: number; maxLateMs?: number }
        if (entry.sent !== undefined)
          stats.push({ sent: entry.sent, late: entry.late ?? 0, maxLateMs: entry.maxLateMs ?? 0 })
      },
    },
  })
  const carrier = createSipCarrier(
    {
      server: `127.0.0.1:${port}`,
      transport: 'udp',
      domain: undefined,
      user: 'confab',
      authUser: undefined,
      password: undefined,
      callerId: undefined,
      register: false,
      host: '127.0.0.1',
      port: 0,
      publicHost: undefined,
      rtpPortMin: 20_000,
      rtpPortMax: 29_998,
      tlsVerify: true,
    },
    { log },
  )
  await carrier.start?.()
  const sound = { samples: new Int16Array(TALK_MS * 8).map((_, at) => (at % 50) * 200), rate: 8_000 }
  // The first call starts the thread of the sound, as the first call of a day does.
  await placeAndWait(carrier, { ...sound, samples: sound.samples.subarray(0, 1_600) })
  stats.length = 0

  const bare = startBareTimer()
  const cpuBefore = process.cpuUsage()
  const begun = performance.now()
  const setUps = await Promise.all(
    Array.from({ length: CALLS }, async (_, at) => {
      await delay((at * 1000) / PACE)
      return placeAndWait(carrier, sound)
    }),
  )
  const seconds = (performance.now() - begun) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  const floor = await bare.end()
  await carrier.stop?.()
  other.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })

  const sent = stats.reduce((sum, one) => sum + one.sent, 0)
  const late = stats.reduce((sum, one) => sum + one.late, 0)
  const worst = Math.max(...stats.map((one) => one.maxLateMs))
  const share = (late / sent) * 100
  const cores = (cpu.user + cpu.system) / 1e6 / seconds
  return [
    {
      name: `${CALLS} calls at once, ${TALK_MS / 1000} s each: RTP packets more than 20 ms late`,
      measured: `${late} of ${sent.toLocaleString('en')} (${share.toFixed(3)} %), worst ${worst.toFixed(1)} ms`,
      beside: `a bare timer in a thread, meanwhile: ${floor.toFixed(3)} %`,
      asked: 'under 0.1 %',
      holds: share < 0.1 && sent >= CALLS * (TALK_MS / 20),
    },
    {
      name: `${CALLS} calls at once: processor`,
      measured: `${(cores * 100).toFixed(1)} % of a core (${((cores / CALLS) * 1000).toFixed(2)} ms a second and call)`,
    },
    {
      name: `${CALLS} calls at once, ${PACE} begun a second: from being asked for (sockets and all) to the answer`,
      measured: `median ${percentile(setUps, 0.5).toFixed(1)} ms, p99 ${percentile(setUps, 0.99).toFixed(1)} ms`,
      beside: `sipp calling sipp: median ${shown(percentile(peer, 0.5))}, p99 ${shown(percentile(peer, 0.99))}`,
    },
  ]
}

/** sipp counts whole milliseconds. */
const shown = (ms: number): string => (ms < 1 ? 'under 1 ms' : `${ms.toFixed(0)} ms`)

/** Makes a call; its time from being asked for (sockets and all) to the answer, in ms. */
async function placeAndWait(
  carrier: ReturnType<typeof createSipCarrier>,
  sound: { samples: Int16Array; rate: number },
): Promise<number> {
  const begun = performance.now()
  let answered = Number.NaN
  await new Promise<void>((resolve, reject) => {
    const call = { id: 1, to: '+886912345678', sound, ringMs: 20_000, talkMs: 60_000 }
    carrier
      .place(call, (event) => {
        if (event.type === 'answered') answered = performance.now()
        if (event.type !== 'ended') return
        if (event.outcome === 'completed') resolve()
        else reject(new Error(`a call ended as ${event.outcome}: ${event.reason ?? ''}`))
      })
      .catch(reject)
  })
  return answered - begun
}

async function setUpTimesOfSipp(): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'confab-bench-'))
  try {
    const port = await freePort()
    await writeFile(join(folder, 'called.xml'), called)
    await writeFile(join(folder, 'calling.xml'), calling)
    const answering = sipp(folder, ['-sf', 'called.xml', '-p', String(port)])
    await delay(1_000)
    const askingPort = await freePort()
    const asking = sipp(
      folder,
      `-sf calling.xml 127.0.0.1:${port} -m ${CALLS} -r ${PACE} -l ${CALLS} -trace_rtt -rtt_freq 1 -p ${askingPort}`.split(
        ' ',
      ),
    )
    await once(asking, 'exit')
    answering.kill('SIGKILL')
    const name = (await readdir(folder)).find((one) => one.endsWith('_rtt.csv'))
    if (name === undefined) throw new Error('sipp measured nothing')
    const lines = (await readFile(join(folder, name), 'utf8')).trim().split('\n').slice(1)
    return lines.map((line) => Number(line.split(';')[1]))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function sipp(cwd: string, args: readonly string[]) {
  return spawn('sipp', ['-i', '127.0.0.1', '-nostdin', '-nd', ...args], { cwd, stdio: 'ignore' })
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}
