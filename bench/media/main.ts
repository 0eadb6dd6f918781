import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '#test/support/server.ts'
import type { Benchmark, Measurement } from '../measurement.ts'
import { measureTranscode } from './conversion.ts'
import { measureComposing, measureRecording } from './recording.ts'
import { measureTransfers } from './transfer.ts'

async function signedUp(url: string): Promise<string> {
  const body = JSON.stringify({ username: 'bench', email: 'bench@example.com', password: 'password123' })
  const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  await fetch(`${url}/api/v1/auth/register`, options)
  const answer = (await (await fetch(`${url}/api/v1/auth/login`, options)).json()) as { data: { token: string } }
  return answer.data.token
}

async function run(): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'confab-bench-media-'))
  const server = await startServer({ env: { CONFAB_LOG_LEVEL: 'error' } })
  const measured: Measurement[] = []
  try {
    const token = await signedUp(server.url)
    measured.push(...(await measureTransfers(server, token, folder)))
    measured.push(await measureTranscode(server, token, folder))
  } finally {
    await server.stop()
  }
  try {
    measured.push(await measureComposing(folder), ...(await measureRecording(folder)))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return measured
}

/** Files up and down, conversions, recordings. */
export const benchmark: Benchmark = { title: 'Media', run }
