import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'
import { batch } from './batch.ts'
import type { Envelope, Transport } from './bus.ts'

const CHANNEL = 'confab_bus'
/** Events that wait while the database is away; beyond it the oldest are dropped. */
const MOST_WAITING = 10_000
const MOST_BACKOFF_MS = 5_000
/** How long an event too large for a NOTIFY stays for the others to fetch. */
const SPILL_LIFE = '2 minutes'

/** What one NOTIFY carries: who sent it, and events, or the row in which one too large for it lies. */
type Message = { from: string; events: Envelope[] } | { from: string; spilled: number }

/**
 * Joins processes by LISTEN and NOTIFY. Events of one turn of the loop go out together, because every NOTIFY is a commit;
 * one that does not fit into 8,000 bytes goes through the table `bus_spill`.
 */
export function createPostgresTransport(options: { db: Database; log: Log }): Transport {
  const { db, log } = options
  const self = randomUUID()
  const closing = new AbortController()
  let waiting: Envelope[] = []
  let flushing: Promise<void> | undefined
  let listening: Promise<void> = Promise.resolve()
  let arrivals: Promise<void> = Promise.resolve()

  const notify = (message: Message) => db.prepared('SELECT pg_notify($1, $2)', [CHANNEL, JSON.stringify(message)])

  const spill = async (event: Envelope): Promise<void> => {
    const [row] = await db.query<{ id: number }>(
      `WITH old AS (DELETE FROM bus_spill WHERE created_at < now() - interval '${SPILL_LIFE}')
       INSERT INTO bus_spill (event) VALUES ($1) RETURNING id`,
      [JSON.stringify(event)],
    )
    if (row) await notify({ from: self, spilled: row.id })
  }

  const flush = async (): Promise<void> => {
    // One turn of the loop's worth of events, not one event.
    await new Promise((next) => setImmediate(next))
    while (waiting.length > 0) {
      const events = waiting
      waiting = []
      try {
        for (const part of batch(events)) {
          await ('events' in part ? notify({ from: self, events: part.events }) : spill(part.large))
        }
      } catch (error) {
        log.warn({ err: error, events: events.length }, 'events did not reach the other processes')
      }
    }
    flushing = undefined
  }

  return {
    start: async (receiver) => {
      const receive = async (text: string): Promise<void> => {
        const message = JSON.parse(text) as Message
        if (message.from === self) return
        if ('events' in message) return message.events.forEach((event) => receiver.deliver(event))
        const [row] = await db.query<{ event: Envelope }>('SELECT event FROM bus_spill WHERE id = $1', [
          message.spilled,
        ])
        if (row) receiver.deliver(row.event)
        else receiver.gap()
      }
      const listen = async (): Promise<PoolClient> => {
        const client = await db.pool.connect()
        client.on('notification', ({ payload }) => {
          // One after the other, so that an event fetched from the table is not overtaken by a later one.
          arrivals = arrivals
            .then(() => receive(payload ?? ''))
            .catch((error: unknown) => log.warn({ err: error }, 'an event of another process was not understood'))
        })
        await client.query(`LISTEN ${CHANNEL}`)
        return client
      }
      /** Keeps a connection listening until closed; a lost one is replaced and the gap told. */
      const keepListening = async (first: PoolClient): Promise<void> => {
        let client: PoolClient | undefined = first
        for (let attempt = 0; ;) {
          if (client) {
            attempt = 0
            await lost(client, closing.signal)
            client.release(true)
            if (closing.signal.aborted) return
            log.warn('the connection that brings events of other processes was lost')
          }
          client = await listen().catch(() => undefined)
          if (client) receiver.gap()
          else await delay(Math.min(100 * 2 ** attempt++, MOST_BACKOFF_MS), undefined, closing).catch(() => {})
          if (closing.signal.aborted) return client?.release(true)
        }
      }
      listening = keepListening(await listen())
    },
    send: (event) => {
      if (closing.signal.aborted) return
      if (waiting.length >= MOST_WAITING) {
        waiting.shift()
        log.warn('too many events wait for the other processes; the oldest is dropped')
      }
      waiting.push(event)
      flushing ??= flush()
    },
    close: async () => {
      await flushing
      closing.abort()
      await listening
    },
  }
}

/** Resolves when the connection ends or `signal` aborts. */
function lost(client: PoolClient, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      signal.removeEventListener('abort', done)
      resolve()
    }
    client.once('error', done)
    client.once('end', done)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
