import { OpenAI } from 'openai'
import { eventsOf } from '#test/support/sse.ts'
import { percentile } from '../measurement.ts'
import type { Measurement } from '../measurement.ts'
import type { Bench } from './main.ts'
import { ask, askDirectly } from './one-stream.ts'

const STREAMS = 200
const PER_ACCOUNT = 5
const TOKENS = 600

interface Stream {
  /** Milliseconds between one arrival and the next. */
  readonly gaps: number[]
  readonly tokens: number
}

async function measure(pieces: AsyncIterable<string>): Promise<Stream> {
  const gaps: number[] = []
  let last: number | undefined
  let tokens = 0
  for await (const piece of pieces) {
    const now = performance.now()
    if (last !== undefined) gaps.push(now - last)
    last = now
    tokens += piece.split(' t').length - 1
  }
  return { gaps, tokens }
}

async function* piecesOfUs(bench: Bench, token: string): AsyncGenerator<string> {
  for await (const one of eventsOf(await ask(bench, token, TOKENS))) {
    if (one.event === 'delta') yield one.data.content as string
    if (one.event === 'error') throw new Error(`a stream failed: ${JSON.stringify(one.data)}`)
  }
}

async function* piecesOfProvider(client: OpenAI): AsyncGenerator<string> {
  for await (const chunk of await askDirectly(client, TOKENS)) {
    const [choice] = chunk.choices as { delta: { content?: string } }[]
    if (choice?.delta.content) yield choice.delta.content
  }
}

function told(streams: readonly Stream[]): { p99: number; worst: number; slowest: number } {
  const gaps = streams.flatMap((one) => one.gaps)
  const slowest = Math.max(...streams.map((one) => one.gaps.reduce((sum, gap) => sum + gap, 0)))
  return { p99: percentile(gaps, 0.99), worst: gaps.reduce((most, gap) => Math.max(most, gap), 0), slowest }
}

/** 200 answers at once through us, and the same directly. */
export async function manyStreams(bench: Bench): Promise<Measurement[]> {
  const accounts: string[] = []
  for (let i = 0; i < STREAMS / PER_ACCOUNT; i++) accounts.push(await bench.signUp())
  const client = new OpenAI({ baseURL: bench.providerUrl, apiKey: 'none' })
  const each = Array.from({ length: STREAMS }, (_, i) => i)
  const direct = await Promise.all(each.map(() => measure(piecesOfProvider(client))))
  const ours = await Promise.all(each.map((i) => measure(piecesOfUs(bench, accounts[i % accounts.length] ?? ''))))
  const [us, them] = [told(ours), told(direct)]
  const whole = ours.filter((one) => one.tokens === TOKENS).length
  return [
    {
      name: `${STREAMS} answers at once, ${TOKENS} tokens each: gap between arrivals, p99`,
      measured: `${us.p99.toFixed(0)} ms (worst ${us.worst.toFixed(0)} ms)`,
      beside: `directly ${them.p99.toFixed(0)} ms (worst ${them.worst.toFixed(0)} ms)`,
    },
    {
      name: `${STREAMS} answers at once: whole, and the slowest`,
      measured: `${whole} of ${STREAMS} whole, slowest ${(us.slowest / 1000).toFixed(1)} s`,
      beside: `directly ${(them.slowest / 1000).toFixed(1)} s`,
      asked: 'none starved',
      holds: whole === STREAMS && us.slowest < them.slowest * 3,
    },
  ]
}
