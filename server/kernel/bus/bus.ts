import type { Log } from '#kernel/log.ts'

/** Handles one event; what it throws or rejects with is logged and touches no other subscriber. */
type Subscriber<Payload> = (payload: Payload) => void | Promise<void>

/**
 * Carries events of the catalogue `Events` (topic to payload) to whoever subscribed, here and in the other processes of
 * the installation. Publish after the commit (`tx.afterCommit`). A bus can lose an event: what must not be lost is in
 * the database, and what is live carries a sequence.
 */
export interface Bus<Events> {
  /** Hands `payload` to the subscribers of `topic`, here at once and in order. Payloads are plain JSON and never changed. */
  publish<Topic extends keyof Events & string>(topic: Topic, payload: Events[Topic]): void
  /** Returns the function that ends the subscription. */
  subscribe<Topic extends keyof Events & string>(topic: Topic, subscriber: Subscriber<Events[Topic]>): () => void
  /** Calls `subscriber` when events of other processes may have been missed; returns the function that ends it. */
  onGap(subscriber: () => void): () => void
  /** Sends what is still to be sent to the other processes and lets go of the connection. */
  close(): Promise<void>
}

/** One event on its way between processes. */
export interface Envelope {
  readonly topic: string
  readonly payload: unknown
}

/** What takes events to the other processes and brings theirs: PostgreSQL's NOTIFY, or a broker. */
export interface Transport {
  /** Begins to deliver what other processes send; resolves once it listens. */
  start(receiver: { deliver(event: Envelope): void; gap(): void }): Promise<void>
  /** Never throws and never waits; what cannot be sent is dropped and logged. */
  send(event: Envelope): void
  close(): Promise<void>
}

/** A bus of this process alone, or of all processes when a started `transport` joins them. */
export async function createBus<Events>(options: { log: Log; transport?: Transport }): Promise<Bus<Events>> {
  const { log, transport } = options
  const subscribers = new Map<string, Set<Subscriber<unknown>>>()
  const gapSubscribers = new Set<() => void>()

  const failed = (topic: string, error: unknown) => log.error({ err: error, topic }, 'a subscriber failed')
  const deliver = ({ topic, payload }: Envelope): void => {
    for (const subscriber of subscribers.get(topic) ?? []) {
      try {
        subscriber(payload)?.catch((error: unknown) => failed(topic, error))
      } catch (error) {
        failed(topic, error)
      }
    }
  }
  const gap = (): void => {
    for (const subscriber of gapSubscribers) {
      try {
        subscriber()
      } catch (error) {
        failed('gap', error)
      }
    }
  }
  await transport?.start({ deliver, gap })

  return {
    publish: (topic, payload) => {
      deliver({ topic, payload })
      transport?.send({ topic, payload })
    },
    subscribe: (topic, subscriber) => {
      const known = subscribers.get(topic) ?? new Set()
      subscribers.set(topic, known)
      known.add(subscriber as Subscriber<unknown>)
      return () => {
        known.delete(subscriber as Subscriber<unknown>)
        if (known.size === 0 && subscribers.get(topic) === known) subscribers.delete(topic)
      }
    },
    onGap: (subscriber) => {
      gapSubscribers.add(subscriber)
      return () => void gapSubscribers.delete(subscriber)
    },
    close: async () => {
      subscribers.clear()
      gapSubscribers.clear()
      await transport?.close()
    },
  }
}
