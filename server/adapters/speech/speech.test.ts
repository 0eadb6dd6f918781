import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEspeakSpeech, hasProgram, voiceFor } from './espeak-speech.ts'
import { createOpenAiSpeech } from './openai-speech.ts'
import { resample } from './resample.ts'
import { parseWav } from './wav.ts'

const signal = new AbortController().signal

function wavOf(samples: Int16Array, rate: number, options: { channels?: number; length?: number } = {}): Buffer {
  const { channels = 1, length = samples.length * 2 } = options
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE((36 + length) >>> 0, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(channels, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate * 2 * channels, 28)
  head.writeUInt16LE(2 * channels, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(length, 40)
  return Buffer.concat([head, Buffer.from(samples.buffer)])
}

const sine = (hertz: number, rate: number, ms: number): Int16Array =>
  Int16Array.from({ length: (rate * ms) / 1000 }, (_, at) => 10_000 * Math.sin((2 * Math.PI * hertz * at) / rate))

/** How much of a frequency is in a sound (Goertzel), 1 for a sine of full height. */
function part(samples: Int16Array, hertz: number, rate: number): number {
  let re = 0
  let im = 0
  for (const [at, sample] of samples.entries()) {
    re += sample * Math.cos((2 * Math.PI * hertz * at) / rate)
    im += sample * Math.sin((2 * Math.PI * hertz * at) / rate)
  }
  return (2 * Math.hypot(re, im)) / samples.length / 10_000
}

describe('WAV', () => {
  test('of one and two channels, and of a stream that did not know its length', () => {
    const samples = Int16Array.from([0, 1, -1, 32_767, -32_768, 5])
    expect(parseWav(wavOf(samples, 22_050))).toEqual({ samples, rate: 22_050 })
    expect(parseWav(wavOf(samples, 24_000, { length: 0xffff_ffff })).samples).toEqual(samples)
    const both = parseWav(wavOf(Int16Array.from([100, 200, -100, -200]), 8_000, { channels: 2 }))
    expect([...both.samples]).toEqual([150, -150])
  })

  test('that is none is an error', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('ID3 an MP3'), wavOf(new Int16Array(2), 8_000).subarray(0, 30)]) {
      expect(() => parseWav(bytes)).toThrow(/WAV/)
    }
  })
})

describe('another rate', () => {
  test('keeps what is heard, and takes out what would fold back', async () => {
    const kept = await resample({ samples: sine(1_000, 22_050, 500), rate: 22_050 }, 8_000)
    expect(kept.samples.length).toBe(4_000)
    expect(part(kept.samples, 1_000, 8_000)).toBeCloseTo(1, 1)
    // 6 kHz would come back as 2 kHz.
    const folded = await resample({ samples: sine(6_000, 22_050, 500), rate: 22_050 }, 8_000)
    expect(part(folded.samples, 2_000, 8_000)).toBeLessThan(0.01)
  })
})

describe('espeak-ng', () => {
  test('is found where it is, and not where it is not', () => {
    expect(hasProgram('espeak-ng')).toBe(true)
    expect(hasProgram('/usr/bin/espeak-ng')).toBe(true)
    expect(hasProgram('/nonexistent/espeak-ng')).toBe(false)
    expect(hasProgram('no-such-program')).toBe(false)
  })

  test('speaks Chinese by the voice that knows the characters, and English by another', async () => {
    expect(voiceFor('您好,幫我預約明天門診')).toBe('cmn-latn-pinyin')
    expect(voiceFor('Your table is booked')).toBe('en')
    const speech = createEspeakSpeech({ command: 'espeak-ng' })
    const { samples, rate } = await speech.synthesise('您好,幫我預約明天門診', signal)
    expect(rate).toBe(8_000)
    expect(samples.length / rate).toBeGreaterThan(1.5)
    expect(samples.length / rate).toBeLessThan(8)
    const loud = samples.filter((sample) => Math.abs(sample) > 3_000).length
    expect(loud).toBeGreaterThan(samples.length / 20)
  })

  test('takes a text that looks like an option as a text', async () => {
    const speech = createEspeakSpeech({ command: 'espeak-ng' })
    expect((await speech.synthesise('--version -w /tmp/x', signal)).samples.length).toBeGreaterThan(4_000)
  })

  test('that fails says so', async () => {
    await expect(createEspeakSpeech({ command: 'false' }).synthesise('x', signal)).rejects.toThrow('ended with 1')
  })
})

describe('an OpenAI-compatible API', () => {
  let asked: { headers: Record<string, unknown>; body: unknown } | undefined
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      asked = { headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) as unknown }
      if (request.url !== '/v1/audio/speech') return void response.writeHead(404).end('no such path')
      if (request.headers.authorization !== 'Bearer secret') return void response.writeHead(401).end('who are you?')
      response.writeHead(200, { 'content-type': 'audio/wav' })
      response.end(wavOf(sine(500, 24_000, 300), 24_000, { length: 0xffff_ffff }))
    })
  })
  let url = ''
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  })
  afterAll(() => new Promise<void>((done) => server.close(() => done())))

  test('is asked as documented, and its answer is brought to the telephone', async () => {
    const speech = createOpenAiSpeech({ url, key: 'secret', model: 'tts-1', voice: 'alloy' })
    const sound = await speech.synthesise('您好', signal)
    expect(asked?.body).toEqual({ model: 'tts-1', voice: 'alloy', input: '您好', response_format: 'wav' })
    expect(sound.rate).toBe(8_000)
    expect(sound.samples.length).toBe(2_400)
  })

  test('that refuses is an error with its words', async () => {
    const speech = createOpenAiSpeech({ url, key: 'wrong', model: 'tts-1', voice: 'alloy' })
    await expect(speech.synthesise('您好', signal)).rejects.toThrow('401: who are you?')
  })
})
