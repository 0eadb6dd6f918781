import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseWav } from '#adapters/speech/wav.ts'
import { freePort, waitUntilBound } from './sipp.ts'

/** A `baresip` that answers by itself and writes down what it hears. */
export interface Baresip {
  readonly address: string
  /** What it heard, at 8,000 samples a second; it ends with this. */
  heard(): Promise<Int16Array>
  stop(): Promise<void>
}

/** Starts baresip on a free port of 127.0.0.1. */
export async function startBaresip(): Promise<Baresip> {
  const folder = await mkdtemp(join(tmpdir(), 'confab-baresip-'))
  const port = await freePort('udp')
  await writeFile(
    join(folder, 'config'),
    [
      `sip_listen 127.0.0.1:${port}`,
      'module_path /usr/lib/baresip/modules',
      'module g711.so',
      'module aubridge.so',
      'module sndfile.so',
      'module_tmp account.so',
      'module_app menu.so',
      `snd_path ${folder}`,
      'audio_player aubridge,ear',
      'audio_source aubridge,ear',
      'rtp_ports 26000-26999',
    ].join('\n') + '\n',
  )
  await writeFile(
    join(folder, 'accounts'),
    '<sip:+886912345678@127.0.0.1>;regint=0;answermode=auto;audio_codecs=PCMU\n',
  )
  await writeFile(join(folder, 'contacts'), '')
  const child = spawn('baresip', ['-f', folder], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'exit')
  // Nobody reads what it prints; it must not fill a pipe either.
  child.stdout.resume()
  child.stderr.resume()
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await ended
    clearTimeout(timer)
  }
  await waitUntilBound(child, port, 'udp')
  return {
    address: `127.0.0.1:${port}`,
    heard: async () => {
      await end()
      const name = (await readdir(folder)).find((one) => one.endsWith('dec.wav'))
      if (name === undefined) throw new Error(`baresip wrote down nothing: ${(await readdir(folder)).join(' ')}`)
      return parseWav(await readFile(join(folder, name))).samples
    },
    stop: async () => {
      await end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
