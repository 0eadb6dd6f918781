import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createProber } from '#adapters/ffmpeg/prober.ts'
import { createFfmpeg } from '#adapters/ffmpeg/run.ts'
import { createToolFinder } from '#adapters/ffmpeg/tools.ts'
import { createTrackWriters } from '#adapters/ffmpeg/track-writer.ts'
import { pictures } from '#adapters/pictures/pictures.ts'
import { sniffer } from '#adapters/storage-fs/sniffer.ts'
import { createFileStorage } from '#adapters/storage-fs/storage-fs.ts'
import type { Events } from '#contracts/events.ts'
import { createLibrary } from '#domains/media/library.ts'
import { createRecordings } from '#domains/media/recording/recordings.ts'
import type { MediaEngine, MediaEvent, Publication } from '#domains/meetings/media-engine.ts'
import { createBus } from '#kernel/bus/bus.ts'
import { createJobs } from '#kernel/jobs/jobs.ts'
import { silentLog } from '#kernel/log.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'

/**
 * Recording from plain RTP to one file, with a real sender (ffmpeg) where the SFU's egress would be: each track flashes
 * white and beeps for half a second at the same moment.
 */
const GIB = 1024 ** 3
let folder: string
let db: TestDatabase
let meetingId: number
let accountId: number
const senders = new Set<ChildProcess>()
const announced: { recording: boolean }[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-recording-'))
  db = await createTestDatabase()
})
beforeEach(async () => {
  const unique = `a${Math.random()}`
  const [account] = await db.query<{ id: number }>(
    `INSERT INTO accounts (email, login, display_name, password_hash, api_key_hash, api_key_sealed, time_zone)
     VALUES ($1, $1, '陳怡君', '', $2, '', 'UTC') RETURNING id`,
    [unique, Buffer.from(unique)],
  )
  accountId = account?.id ?? 0
  const [meeting] = await db.query<{ id: number }>(
    `INSERT INTO meetings (creator_id, title, start_time, end_time, max_participants, meeting_type, enable_recording,
       enable_chat, enable_screen_share, enable_waiting_room, mute_on_join, created_at, updated_at)
     VALUES ($1, '週會', now(), now() + interval '1 hour', 10, 'video', true, true, true, false, false, now(), now()) RETURNING id`,
    [accountId],
  )
  meetingId = meeting?.id ?? 0
  announced.length = 0
})
afterAll(async () => {
  for (const sender of senders) sender.kill('SIGKILL')
  await db.close()
  await rm(folder, { recursive: true, force: true })
})

/** An engine whose publications are sent by ffmpeg processes. */
function createEngine() {
  const listeners = new Set<(event: MediaEvent) => void>()
  const present: Publication[] = []
  const engine: Partial<MediaEngine> = {
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    rooms: () => [String(meetingId)],
    publications: async () => [...present],
    requestKeyFrame: async () => {},
    stopEgress: async (_room, egressId) =>
      void [...senders].find((one) => String(one.pid) === egressId)?.kill('SIGKILL'),
    startEgress: async (_room, publicationId, { port }) => {
      const kind = publicationId.startsWith('audio') ? 'audio' : 'video'
      // A flash and a tone every two seconds of the machine's clock: the same moment for every sender.
      const on = 'lt(mod(time(0),2),0.5)'
      const input =
        kind === 'video'
          ? [
              '-f',
              'lavfi',
              '-i',
              `color=black:s=320x180:r=25,drawbox=t=fill:color=white:enable='${on}',noise=alls=12:allf=t`,
            ]
          : ['-f', 'lavfi', '-i', `aevalsrc='if(${on},sin(2*PI*880*t)*0.5,0)+(random(0)-0.5)*0.02':s=48000`]
      const codec =
        kind === 'video'
          ? ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25', '-b:v', '300k']
          : ['-c:a', 'libopus', '-b:a', '48k']
      const sender = spawn(
        'ffmpeg',
        [
          '-v',
          'error',
          '-nostdin',
          '-re',
          ...input,
          ...codec,
          '-payload_type',
          '96',
          '-f',
          'rtp',
          `rtp://127.0.0.1:${port}`,
        ],
        { stdio: 'ignore' },
      )
      senders.add(sender)
      const map = kind === 'video' ? 'VP8/90000' : 'opus/48000/2'
      const lines = [
        'v=0',
        'o=- 0 0 IN IP4 127.0.0.1',
        's=-',
        'c=IN IP4 127.0.0.1',
        't=0 0',
        `m=${kind} ${port} RTP/AVP 96`,
        `a=rtpmap:96 ${map}`,
      ]
      const codecName = kind === 'video' ? 'vp8' : 'opus'
      return {
        egressId: String(sender.pid),
        publicationId,
        kind,
        codec: codecName,
        payloadType: 96,
        clockRate: 1,
        ssrc: 1,
        sdp: `${lines.join('\r\n')}\r\n`,
      }
    },
  }
  return {
    engine: engine as MediaEngine,
    publish(publicationId: string): void {
      const kind = publicationId.startsWith('audio') ? 'audio' : 'video'
      const source = kind === 'audio' ? 'microphone' : 'camera'
      const publication: Publication = {
        publicationId,
        peerId: 'p',
        userId: accountId,
        kind,
        source,
        codec: '',
        layers: ['high'],
        state: 'flowing',
      }
      present.push(publication)
      for (const listener of listeners) listener({ type: 'publication-added', roomId: String(meetingId), publication })
    },
  }
}

async function startRecorder(engine: MediaEngine) {
  const log = silentLog
  const bus = await createBus<Events>({ log })
  const jobs = createJobs({ db, bus, log, times: { poll: 200, lease: 1_000, heartbeat: 300 } })
  const tools = createToolFinder({ ffmpeg: undefined, ffprobe: undefined, memoryMiB: 8192 })
  const storage = createFileStorage(folder)
  const ffmpeg = createFfmpeg(tools)
  const prober = createProber(tools)
  const meetings = { attended: async () => [meetingId], attends: async () => true }
  const perKind = { video: GIB, audio: GIB, image: GIB, document: GIB }
  const library = createLibrary({
    db,
    log,
    storage,
    sniffer,
    pictures,
    prober,
    meetings,
    limits: { perKind, quota: GIB },
    wantPreview: async () => {},
  })
  const recordings = createRecordings({
    db,
    bus,
    jobs,
    log,
    storage,
    library,
    ffmpeg,
    prober,
    meetings,
    engine,
    writers: createTrackWriters(tools, log),
    node: 'test',
    announce: (_meeting, state) => void announced.push(state),
    titleOf: async () => '週會',
    nameOf: async () => '陳怡君',
  })
  await storage.start()
  await recordings.start()
  await jobs.start()
  const stop = async (): Promise<void> => {
    await recordings.stop()
    await jobs.stop()
    await bus.close()
  }
  return { recordings, library, storage, stop }
}

/** Looks until the tracks have `bytes` on disk: time passes by what is written, not by waiting. */
async function written(recordingId: string, numbers: readonly number[], bytes: number): Promise<void> {
  const { stat } = await import('node:fs/promises')
  for (const number of numbers) {
    const path = join(folder, 'recordings', recordingId, `${number}.mkv`)
    await expect
      .poll(async () => (await stat(path).catch(() => ({ size: 0 }))).size, { timeout: 40_000 })
      .toBeGreaterThan(bytes)
  }
}

test(
  'makes one file of all tracks, picture and sound together, and each voice on its own',
  { timeout: 150_000 },
  async () => {
    const { engine, publish } = createEngine()
    const { recordings, library, storage, stop } = await startRecorder(engine)
    publish('audio-1')
    publish('video-1')
    const { recordingId } = await recordings.port.start({ meetingId, accountId, wishes: { quality: 'low' } })
    await expect(recordings.port.start({ meetingId, accountId })).rejects.toMatchObject({
      code: 'media.already-recording',
    })
    await written(recordingId, [1, 2], 30_000)
    publish('video-2')
    await written(recordingId, [3], 15_000)
    await recordings.port.stop({ meetingId, accountId })
    expect(announced).toMatchObject([{ recording: true }, { recording: false }])
    await expect
      .poll(async () => (await recordings.see(accountId, recordingId)).status, { timeout: 90_000 })
      .toBe('completed')
    const recording = await recordings.see(accountId, recordingId)
    const file = await library.see(accountId, recording.fileId ?? '')
    expect(file).toMatchObject({ kind: 'video', mime: 'video/mp4', width: 640, height: 360, meetingId })
    expect(file.info?.streams).toMatchObject([{ codec: 'h264' }, { codec: 'aac' }])
    const path = storage.pathOf(file.storageKey)
    const flashes = flashTimes(path)
    const tones = toneTimes(path)
    expect(flashes.length).toBeGreaterThan(1)
    expect(tones.length).toBeGreaterThan(1)
    const [voice] = await recordings.tracks(recordingId)
    expect(await library.see(accountId, voice?.fileId ?? '')).toMatchObject({ kind: 'audio', mime: 'audio/ogg' })
    await recordings.remove(accountId, recordingId)
    await expect(library.see(accountId, file.id)).rejects.toMatchObject({ code: 'media.missing' })
    await stop()
  },
)

test('what was written before a kill becomes the recording', { timeout: 150_000 }, async () => {
  const { engine, publish } = createEngine()
  const before = await startRecorder(engine)
  publish('audio-1')
  const { recordingId } = await before.recordings.port.start({ meetingId, accountId })
  await written(recordingId, [1], 25_000)
  // As after a kill: the recorder is gone in the middle of a packet, nobody closed the file.
  const pattern = `${folder}/recordings/${recordingId}`
  const pids = execFileSync('pgrep', ['-f', pattern]).toString().trim().split('\n').map(Number)
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  await before.stop()
  const after = await startRecorder(createEngine().engine)
  await expect
    .poll(async () => (await after.recordings.see(accountId, recordingId)).status, { timeout: 90_000 })
    .toBe('completed')
  const { duration } = await after.recordings.see(accountId, recordingId)
  expect(duration).toBeGreaterThan(2)
  await after.stop()
})

/** When the picture turns white, by ffmpeg's own measuring of brightness. */
function flashTimes(path: string): number[] {
  const out = join(folder, 'brightness.txt')
  const filter = `crop=32:32:150:165,signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=${out}`
  execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-vf', filter, '-an', '-f', 'null', '-'])
  const values = execFileSync('cat', [out])
    .toString()
    .matchAll(/pts_time:([\d.]+)\s+\S+YAVG=([\d.]+)/g)
  return edges([...values].map(([, time, value]) => ({ time: Number(time), isOn: Number(value) > 120 })))
}

/** When the tone begins, from the samples. */
function toneTimes(path: string): number[] {
  const rate = 8000
  const pcm = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-i', path, '-vn', '-ac', '1', '-ar', String(rate), '-f', 's16le', 'pipe:1'],
    { maxBuffer: GIB },
  )
  writeFileSync(join(folder, 'tone.raw'), pcm)
  const step = rate / 100
  const levels: { time: number; isOn: boolean }[] = []
  for (let at = 0; at + step * 2 <= pcm.length / 2; at += step) {
    let peak = 0
    for (let i = 0; i < step; i++) peak = Math.max(peak, Math.abs(pcm.readInt16LE((at + i) * 2)))
    levels.push({ time: at / rate, isOn: peak > 4000 })
  }
  return edges(levels)
}

function edges(values: readonly { time: number; isOn: boolean }[]): number[] {
  return values.flatMap((one, i) => (one.isOn && i > 0 && values[i - 1]?.isOn === false ? [one.time] : []))
}

test('nothing is left running', async () => {
  for (const sender of senders) {
    if (sender.exitCode === null && sender.signalCode === null) {
      const gone = once(sender, 'close')
      sender.kill('SIGKILL')
      await gone
    }
  }
  expect(() => execFileSync('pgrep', ['-f', `${folder}/recordings`])).toThrow()
})
