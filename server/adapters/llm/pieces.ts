/** What is pushed here is taken there, in order. */
export interface Pieces<T> extends AsyncIterableIterator<T> {
  /** How many wait to be taken. */
  readonly waiting: number
  push(piece: T): void
  /** No more come; with an error, the taker meets it after those that wait. What comes after the first call is left out. */
  end(error?: Error): void
}

const OVER = { done: true, value: undefined } as const

/** A queue between callbacks and a `for await`; `left` is called when the taker goes, or has all that had piled up. */
export function createPieces<T>(on: { left: () => void; emptied: () => void }): Pieces<T> {
  const queue: T[] = []
  let over = false
  let failure: Error | undefined
  let taker: PromiseWithResolvers<IteratorResult<T>> | undefined

  const pieces: Pieces<T> = {
    get waiting() {
      return queue.length
    },
    push: (value) => {
      if (over) return
      if (taker === undefined) queue.push(value)
      else taker.resolve({ done: false, value })
      taker = undefined
    },
    end: (error) => {
      if (over) return
      over = true
      if (taker === undefined) failure = error
      else if (error === undefined) taker.resolve(OVER)
      else taker.reject(error)
      taker = undefined
    },
    next: async () => {
      if (queue.length > 0) {
        const value = queue.shift() as T
        if (queue.length === 0) on.emptied()
        return { done: false, value }
      }
      if (failure !== undefined) {
        const error = failure
        failure = undefined
        throw error
      }
      if (over) return OVER
      taker = Promise.withResolvers()
      return await taker.promise
    },
    return: async () => {
      pieces.end()
      queue.length = 0
      failure = undefined
      on.left()
      return OVER
    },
    [Symbol.asyncIterator]: () => pieces,
  }
  return pieces
}
