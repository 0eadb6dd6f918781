import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Speech } from '#domains/calls/ports.ts'
import { normalise, resample } from './resample.ts'
import { parseWav } from './wav.ts'

const SPEAK_MS = 20_000
/** Two thousand characters, spoken slowly, at espeak's own rate. */
const MOST_BYTES = 64 * 1024 * 1024
/** Words a minute; slower than a screen reader, since it is heard once, by telephone. */
const SPEED = 150

/** Whether the program is there to be run: a path of its own, or on the search path. */
export function hasProgram(command: string): boolean {
  const folders = command.includes('/') ? [''] : (process.env['PATH'] ?? '').split(delimiter)
  return folders.some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** The voice for a text: by the script most of it is written in. Han is read as Mandarin. */
export function voiceFor(text: string): string {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'ja'
  if (/\p{Script=Hangul}/u.test(text)) return 'ko'
  // The plain `cmn` voice spells many characters out in English; this one has the whole dictionary.
  return /\p{Script=Han}/u.test(text) ? 'cmn-latn-pinyin' : 'en'
}

/** Speech by the `espeak-ng` program: rough, but it needs nothing else. */
export function createEspeakSpeech({ command }: { command: string }): Speech {
  return {
    name: 'espeak-ng',
    synthesise: async (text, signal) => {
      const wav = await run(command, ['-v', voiceFor(text), '-s', String(SPEED), '--stdin', '--stdout'], text, signal)
      const sound = normalise(await resample(parseWav(wav), 8_000))
      if (sound.samples.length === 0) throw new Error('espeak-ng had nothing to say')
      return sound
    },
  }
}

/** Runs a program with `input` on its standard input and answers what it prints. The text is never an argument. */
function run(command: string, args: readonly string[], input: string, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'pipe'], signal, timeout: SPEAK_MS })
    const chunks: Buffer[] = []
    let size = 0
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MOST_BYTES) child.kill('SIGKILL')
      else chunks.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(0, 500)))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(chunks))
      else reject(new Error(`${command} ended with ${code ?? 'a signal'}: ${said.trim()}`))
    })
    // It may end before it has read everything; its exit code says so.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
