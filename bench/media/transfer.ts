import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { WAV_HEADER, wavHeader } from '#kernel/wav.ts'
import type { RunningServer } from '#test/support/server.ts'
import { ratioOf } from '../measurement.ts'
import type { Measurement } from '../measurement.ts'

const BYTES = 1_000_000_000
const WARM_BYTES = 20_000_000
/** Turns taken in one run, so that a slow minute of the machine hits both. */
const TURNS = 3
const MIB = 1024 * 1024
const MOST_GROWTH_MIB = 64
const BOUNDARY = 'confab-bench-boundary'

/** 1 GB up and down, beside `node:http` and `fs` alone, and what our memory grows by meanwhile. */
export async function measureTransfers(server: RunningServer, token: string, folder: string): Promise<Measurement[]> {
  const raw = spawn(process.execPath, [join(import.meta.dirname, 'raw-server.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [line] = (await once(createInterface({ input: raw.stdout }), 'line')) as [string]
    const rawUrl = `http://127.0.0.1:${line.split(' ')[1]}/`
    const headers = { authorization: `Bearer ${token}` }
    // What is loaded at first use is no growth.
    await download(
      `${server.url}/api/v1/media/download/${await upload(server.url, headers, WARM_BYTES)}`,
      headers,
      WARM_BYTES,
    )
    const before = await memoryOf(server.process.pid ?? 0)
    const watch = watchMemory(server.process.pid ?? 0)
    const seconds = { up: 0, down: 0, rawUp: 0, rawDown: 0 }
    for (let turn = 0; turn < TURNS; turn++) {
      const began = performance.now()
      const fileId = await upload(server.url, headers)
      const uploaded = performance.now()
      await download(`${server.url}/api/v1/media/download/${fileId}`, headers)
      const downloaded = performance.now()
      await fetch(`${server.url}/api/v1/media/${fileId}`, { method: 'DELETE', headers })
      const rawBegan = performance.now()
      await send(rawUrl, {}, body(BYTES))
      const rawUploaded = performance.now()
      await download(rawUrl, {})
      seconds.up += uploaded - began
      seconds.down += downloaded - uploaded
      seconds.rawUp += rawUploaded - rawBegan
      seconds.rawDown += performance.now() - rawUploaded
    }
    const growth = watch.end() - before
    const rate = (ms: number): number => (BYTES * TURNS) / MIB / (ms / 1000)
    const asked = { unit: 'MiB/s', peerName: 'node:http and fs', atLeast: 0.9 }
    return [
      ratioOf({ name: 'upload of 1 GB', ours: rate(seconds.up), peer: rate(seconds.rawUp), ...asked }),
      ratioOf({ name: 'download of 1 GB', ours: rate(seconds.down), peer: rate(seconds.rawDown), ...asked }),
      {
        name: `resident memory, growth at its highest over ${TURNS} uploads and downloads`,
        measured: `${growth.toFixed(0)} MiB`,
        asked: `under ${MOST_GROWTH_MIB} MiB`,
        holds: growth < MOST_GROWTH_MIB,
      },
    ]
  } finally {
    raw.kill('SIGKILL')
  }
}

/** A sound of 1 GB, made as it is sent. */
function body(bytes: number, before = Buffer.alloc(0), after = Buffer.alloc(0)): { size: number; stream: Readable } {
  const header = wavHeader((bytes - WAV_HEADER) / 2, 48_000)
  const chunk = Buffer.alloc(256 * 1024, 3)
  function* parts(): Generator<Buffer> {
    yield before
    yield header
    let left = bytes - header.length
    for (; left > chunk.length; left -= chunk.length) yield chunk
    yield chunk.subarray(0, left)
    yield after
  }
  return { size: before.length + bytes + after.length, stream: Readable.from(parts(), { objectMode: false }) }
}

async function upload(url: string, headers: Record<string, string>, bytes = BYTES): Promise<string> {
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="large.wav"\r\nContent-Type: audio/wav\r\n\r\n`
  const form = body(bytes, Buffer.from(head), Buffer.from(`\r\n--${BOUNDARY}--\r\n`))
  const type = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }
  const answer = await send(`${url}/api/v1/media/upload`, { ...headers, ...type }, form)
  return (JSON.parse(answer) as { data: { file_id: string } }).data.file_id
}

async function send(
  url: string,
  headers: Record<string, string>,
  { size, stream }: { size: number; stream: Readable },
): Promise<string> {
  const asked = request(url, { method: 'POST', headers: { ...headers, 'content-length': String(size) } })
  const answered = once(asked, 'response') as Promise<[IncomingMessage]>
  await pipeline(stream, asked)
  const [answer] = await answered
  const parts: Buffer[] = []
  for await (const part of answer) parts.push(part as Buffer)
  const text = Buffer.concat(parts).toString()
  if ((answer.statusCode ?? 500) >= 300) throw new Error(`${answer.statusCode}: ${text}`)
  return text
}

async function download(url: string, headers: Record<string, string>, bytes = BYTES): Promise<void> {
  const asked = request(url, { headers })
  asked.end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  let size = 0
  for await (const part of answer) size += (part as Buffer).length
  if (size !== bytes) throw new Error(`${size} bytes came, ${answer.statusCode}`)
}

async function memoryOf(pid: number): Promise<number> {
  return Number(/^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

/** Looks often; the highest seen is answered at the end. */
function watchMemory(pid: number): { end(): number } {
  let highest = 0
  const timer = setInterval(() => {
    void memoryOf(pid).then((now) => (highest = Math.max(highest, now)))
  }, 50)
  return {
    end: () => {
      clearInterval(timer)
      return highest
    },
  }
}
