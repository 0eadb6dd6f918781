import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createToolFinder } from '#adapters/ffmpeg/tools.ts'
import { createTrackWriters } from '#adapters/ffmpeg/track-writer.ts'
import { openDatabase } from '#kernel/db/database.ts'
import { migrate } from '#kernel/db/migrate.ts'
import { silentLog } from '#kernel/log.ts'
import { processTree } from '#test/support/processes.ts'
import { layRecording, startRecorder } from '#test/support/recorder.ts'
import { createSendingEngine } from '#test/support/sending-engine.ts'
import type { Measurement } from '../measurement.ts'

const PEOPLE = 4
const MEETING_SECONDS = 30
const TICKS_PER_SECOND = 100

/** One film of four cameras and four microphones, 720p: work per second of meeting. */
export async function measureComposing(folder: string): Promise<Measurement> {
  const db = await openDatabase({ dataDir: join(folder, 'data'), log: silentLog })
  try {
    await migrate(db, { log: silentLog })
    const laid = { folder, id: 'bench', layout: 'grid', quality: 'medium' } as const
    const { accountId, meetingId, own } = await layRecording(db, laid)
    const [picture, sound] = [join(folder, 'picture.mkv'), join(folder, 'sound.mkv')]
    drawTracks(picture, sound)
    for (let n = 1; n <= 2 * PEOPLE; n++) {
      const isPicture = n <= PEOPLE
      await copyFile(isPicture ? picture : sound, join(own, `${n}.mkv`))
      await db.query(
        `INSERT INTO recording_tracks (recording_id, number, account_id, kind, source, codec) VALUES ('bench', $1, $2, $3, $4, '')`,
        [n, 1000 + (n % PEOPLE), isPicture ? 'video' : 'audio', isPicture ? 'camera' : 'microphone'],
      )
    }
    const began = performance.now()
    const recorder = await startRecorder({ db, folder, engine: createSendingEngine(() => meetingId).engine })
    for (;;) {
      const { status, error } = await recorder.recordings.see(accountId, 'bench')
      if (status === 'completed') break
      if (status === 'failed') throw new Error(error ?? 'it failed')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const seconds = (performance.now() - began) / 1000
    await recorder.stop()
    return {
      name: `composing ${MEETING_SECONDS} s of ${PEOPLE} people, 720p`,
      measured: `${(seconds / MEETING_SECONDS).toFixed(2)} s of work per s of meeting`,
    }
  } finally {
    await db.close()
  }
}

function drawTracks(picture: string, sound: string): void {
  const at = ['-output_ts_offset', '1795000000', '-f', 'matroska']
  const film = `testsrc2=size=1280x720:rate=25:duration=${MEETING_SECONDS}`
  const vp8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1500k']
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', film, ...vp8, ...at, picture])
  const tone = `sine=duration=${MEETING_SECONDS}:sample_rate=48000`
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', tone, '-c:a', 'libopus', ...at, sound])
}

const RECORD_MS = 20_000
const SETTLE_MS = 3_000
const MTU = 1_150

/** Four cameras (1.5 Mb/s) and four microphones written for 20 s: what it takes, and what of it is missing. */
export async function measureRecording(folder: string): Promise<Measurement[]> {
  const tools = createToolFinder({ ffmpeg: undefined, ffprobe: undefined, memoryMiB: 8192 })
  const writers = createTrackWriters(tools, silentLog)
  const frames = await vp8Frames(folder)
  const tracks = await Promise.all(
    Array.from({ length: 8 }, async (_none, n) => {
      const path = join(folder, `written-${n}.mkv`)
      const writer = await writers.open(path)
      const kind = n < 4 ? ('video' as const) : ('audio' as const)
      writer.begin(sdpOf(kind, writer.port), () => {
        throw new Error('a writer was lost')
      })
      return { path, writer, kind }
    }),
  )
  const socket = createSocket('udp4')
  const ends = tracks.map(({ kind, writer }) => sendTrack(socket, kind, writer.port, frames))
  await sleep(SETTLE_MS)
  const before = cpuSeconds()
  await sleep(RECORD_MS)
  const used = cpuSeconds() - before
  for (const end of ends) end()
  await Promise.all(tracks.map(({ writer }) => writer.end()))
  socket.close()
  const lost = tracks.map(({ path, kind }) => missingIn(path, kind === 'video' ? 0.04 : 0.02))
  return [
    {
      name: 'recording 4 cameras and 4 microphones: CPU of the writers',
      measured: `${((used / RECORD_MS) * 100_000).toFixed(1)} % of a core`,
    },
    {
      name: 'recording 4 cameras and 4 microphones: packets that are missing',
      measured: String(lost.reduce((sum, one) => sum + one, 0)),
      asked: 'none',
      holds: lost.every((one) => one === 0),
    },
  ]
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))

function sdpOf(kind: 'audio' | 'video', port: number): string {
  const lines = ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0']
  lines.push(`m=${kind} ${port} RTP/AVP 96`, `a=rtpmap:96 ${kind === 'video' ? 'VP8/90000' : 'opus/48000/2'}`)
  return `${lines.join('\r\n')}\r\n`
}

/** Frames of a film, as they stand in IVF. */
async function vp8Frames(folder: string): Promise<Buffer[]> {
  const path = join(folder, 'film.ivf')
  const film = ['-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=25:duration=4']
  const vp8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1500k', '-g', '25']
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...film, ...vp8, path])
  const bytes = await readFile(path)
  const frames: Buffer[] = []
  for (let at = 32; at < bytes.length;) {
    const size = bytes.readUInt32LE(at)
    frames.push(bytes.subarray(at + 12, at + 12 + size))
    at += 12 + size
  }
  return frames
}

/** Sends a track in real time until the returned function is called. */
function sendTrack(
  socket: ReturnType<typeof createSocket>,
  kind: 'audio' | 'video',
  port: number,
  frames: readonly Buffer[],
): () => void {
  const every = kind === 'video' ? 40 : 20
  const step = kind === 'video' ? 3600 : 960
  const opus = Buffer.concat([Buffer.from([0xfc]), Buffer.alloc(79, 0x55)])
  let sequence = 0
  let sent = 0
  const packet = (payload: Buffer, isLast: boolean): void => {
    const header = Buffer.alloc(12)
    header[0] = 0x80
    header[1] = 96 | (isLast ? 0x80 : 0)
    header.writeUInt16BE(sequence++ & 0xffff, 2)
    header.writeUInt32BE((sent * step) >>> 0, 4)
    header.writeUInt32BE(port, 8)
    socket.send(Buffer.concat([header, payload]), port, '127.0.0.1')
  }
  const began = performance.now()
  const timer = setInterval(() => {
    for (; performance.now() - began >= sent * every; sent++) {
      if (kind === 'audio') packet(opus, true)
      else {
        const frame = frames[sent % frames.length] as Buffer
        for (let at = 0; at < frame.length; at += MTU) {
          const start = Buffer.from([at === 0 ? 0x10 : 0])
          packet(Buffer.concat([start, frame.subarray(at, at + MTU)]), at + MTU >= frame.length)
        }
      }
    }
  }, 5)
  return () => clearInterval(timer)
}

/** CPU that our ffmpeg processes have used, in seconds. */
function cpuSeconds(): number {
  let ticks = 0
  for (const pid of processTree(process.pid)) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    if (!/\(ffmpeg\)/.test(stat)) continue
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks / TICKS_PER_SECOND
}

/** Frames that should stand between the first and the last one of a track, and do not. */
function missingIn(path: string, every: number): number {
  const args = ['-v', 'error', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', path]
  const times = execFileSync('ffprobe', args, { maxBuffer: 64 * 1024 * 1024 })
    .toString()
    .trim()
    .split('\n')
    .map(Number.parseFloat)
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0)
  return Math.max(0, Math.round(span / every) + 1 - times.length)
}
