import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { processTree } from '#test/support/processes.ts'
import type { RunningServer } from '#test/support/server.ts'
import { ratioOf } from '../measurement.ts'
import type { Measurement } from '../measurement.ts'

const SECONDS = 40
const TURNS = 3
/** How often the job is looked at: seldom, so that looking does not work against ffmpeg, and often near its end. */
const LOOK_MS = 250
const LOOK_AT_END_MS = 20
const NEAR_END_PERCENT = 90

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
    name: 'transcode of 720p to 360p',
    unit: 's of film/s',
    ours: rate(ours),
    peer: rate(byHand),
    peerName: 'the same ffmpeg command by hand',
    atLeast: 0.98,
  })
}

/** Asks for a transcode and waits for its end; answers ffmpeg's own command line. */
async function transcode(server: RunningServer, headers: Record<string, string>, file_id: string): Promise<string[]> {
  const wanted = { file_id, output_format: 'mp4', resolution: '640x360' }
  const json = { ...headers, 'content-type': 'application/json' }
  const url = `${server.url}/api/v1/ffmpeg/transcode`
  const answer = await fetch(url, { method: 'POST', headers: json, body: JSON.stringify(wanted) })
  const { job_id } = ((await answer.json()) as { data: { job_id: string } }).data
  let command: string[] = []
  for (;;) {
    if (command.length === 0) command = commandUnder(server.process.pid ?? 0)
    const status = await fetch(`${server.url}/api/v1/ffmpeg/job/${job_id}/status`, { headers })
    const { data } = (await status.json()) as { data: { status: string; progress: number; error: string | null } }
    if (data.status === 'completed') break
    if (data.status === 'failed') throw new Error(data.error ?? 'it failed')
    const waitMs = data.progress < NEAR_END_PERCENT ? LOOK_MS : LOOK_AT_END_MS
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
  if (command.length === 0) throw new Error('the command was not seen')
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
