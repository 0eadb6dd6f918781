import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (options: { type: 'minor'; execution: 'sync' }) => void

let collect: Collect | undefined

/**
 * Frees what was allocated lately and is no longer used, in about a millisecond. For loops through which large data flows
 * in buffers that somebody else allocates, as sockets do: left alone, V8 sees only their bytes, takes them for a full
 * heap, and walks all of it (here some 40 ms) for every 32 MB that flow.
 */
export function collectYoung(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as Collect
    setFlagsFromString('--no-expose-gc')
  }
  collect({ type: 'minor', execution: 'sync' })
}
