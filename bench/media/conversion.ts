import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import type { JobEvents } from '#contracts/events/jobs.ts'
import type { LiveFrame } from '#contracts/live.ts'
import { processTree } from '#test/support/processes.ts'
import type { RunningServer } from '#test/support/server.ts'
import { ratioOf } from '../measurement.ts'
import type { Measurement } from '../measurement.ts'

/** A short film: what a job costs beside ffmpeg (about 0.2 s) is part of it. */
const SECONDS = 120
const TURNS = 2
/** A transcode through Confab, from the request to the finished job, beside the same ffmpeg command by hand. */
export async function measureTranscode(server: RunningServer, token: string, folder: string): Promise<Measurement> {
  const film = join(folder, 'film.mp4')
  const picture = `testsrc2=size=1280x720:rate=25:duration=${SECONDS}`
  const inputs = ['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', `sine=duration=${SECONDS}`]
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...inputs, '-preset', 'ultrafast', film])
  const headers = { authorization: `Bearer ${token}` }
  const form = new FormData()
  form.append('file', new Blob([readFileSync(film)]), 'film.mp4')
  const answer = await fetch(`${server.url}/api/v1/media/upload`, { method: 'POST', headers, body: form })
  const { file_id } = ((await answer.json()) as { data: { file_id: string } }).data
  let ours = 0
  let byHand = 0
  for (let turn = 0; turn < TURNS; turn++) {
    const began = performance.now()
    const command = await transcode(server, headers, file_id)
    ours += performance.now() - began
    const again = performance.now()
    await runByHand(command, join(folder, `by-hand-${turn}.webm`))
    byHand += performance.now() - again
  }
  const rate = (ms: number): number => (SECONDS * TURNS) / (ms / 1000)
  return ratioOf({
    name: `transcode of ${SECONDS} s of 720p to 360p`,
    unit: 's of film/s',
    ours: rate(ours),
    peer: rate(byHand),
    peerName: 'the same ffmpeg command by hand',
    atLeast: 0.98,
  })
}

/** Asks for a transcode and waits to be told of its end; answers ffmpeg's own command line. */
async function transcode(server: RunningServer, headers: Record<string, string>, file_id: string): Promise<string[]> {
  const live = new WebSocket(`${server.url.replace('http', 'ws')}/ws/events`, [
    'bearer',
    headers['authorization']?.split(' ')[1] ?? '',
  ])
  let command: string[] = []
  const over = new Promise<string>((resolve, reject) => {
    live.on('error', reject)
    live.on('message', (text: Buffer) => {
      const frame = JSON.parse(text.toString()) as LiveFrame
      if (frame.type !== 'event' || frame.topic !== 'jobs.job.changed') return
      const { kind, state, progress } = frame.data as JobEvents['jobs.job.changed']
      if (kind !== 'media.convert') return
      if (command.length === 0 && progress > 0) command = commandUnder(server.process.pid ?? 0)
      if (state === 'completed' || state === 'failed') resolve(state)
    })
  })
  await once(live, 'open')
  live.send(JSON.stringify({ type: 'hello', cursors: {} }))
  const wanted = { file_id, output_format: 'mp4', resolution: '640x360' }
  const json = { ...headers, 'content-type': 'application/json' }
  await fetch(`${server.url}/api/v1/ffmpeg/transcode`, { method: 'POST', headers: json, body: JSON.stringify(wanted) })
  const state = await over
  live.close()
  if (state === 'failed' || command.length === 0)
    throw new Error(`it ${state}, and its command was ${command.join(' ')}`)
  return command
}

/** The arguments of the ffmpeg that works for the server at present. */
function commandUnder(pid: number): string[] {
  for (const child of processTree(pid)) {
    try {
      const words = readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0').slice(0, -1)
      const at = words.findIndex((word) => word.endsWith('/ffmpeg'))
      if (at >= 0 && words.includes('-map_metadata') && !words.includes('-frames:v')) return words.slice(at)
    } catch {
      // It ended while it was looked at.
    }
  }
  return []
}

async function runByHand([program = 'ffmpeg', ...args]: string[], output: string): Promise<void> {
  const words = [...args.slice(0, -1), '-f', 'mp4', `file:${output}`]
  const child = spawn('nice', ['-n', '10', program, ...words], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(child, 'exit')) as [number]
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}`)
}
