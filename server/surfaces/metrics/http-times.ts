import type { FastifyInstance } from 'fastify'
import type { MetricFamily, Sample } from './exposition.ts'

/** Upper bounds of the duration histogram, in seconds. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

/** Requests that no contract takes: pages, files, unknown paths. */
const NO_ROUTE = 'none'

interface Times {
  readonly byStatus: Map<number, number>
  /** One more than there are bounds: the last is for whatever is slower. */
  readonly buckets: Uint32Array
  seconds: number
  count: number
}

/**
 * Counts the requests of `http` by route id and status, and how long they took. A request costs one map look-up and a
 * few additions; the ids are those of contracts, so no caller can make the numbers grow.
 */
export function measureHttp(http: FastifyInstance): () => MetricFamily[] {
  const routes = new Map<string, Times>()
  http.addHook('onResponse', (request, reply, done) => {
    const id = request.chosen?.contract.id ?? NO_ROUTE
    let times = routes.get(id)
    if (times === undefined) {
      times = { byStatus: new Map(), buckets: new Uint32Array(BOUNDS.length + 1), seconds: 0, count: 0 }
      routes.set(id, times)
    }
    const seconds = reply.elapsedTime / 1000
    let bucket = 0
    while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] as number)) bucket++
    times.buckets[bucket] = (times.buckets[bucket] as number) + 1
    times.seconds += seconds
    times.count++
    times.byStatus.set(reply.statusCode, (times.byStatus.get(reply.statusCode) ?? 0) + 1)
    done()
  })
  return () => [
    {
      name: 'confab_http_requests_total',
      help: 'Requests answered, by the id of their route and the status of the answer.',
      type: 'counter',
      samples: [...routes].flatMap(([route, { byStatus }]) =>
        [...byStatus].map(([status, value]) => ({ labels: { route, status }, value })),
      ),
    },
    {
      name: 'confab_http_request_duration_seconds',
      help: 'From the first byte of a request to the end of its answer.',
      type: 'histogram',
      samples: [...routes].flatMap(([route, times]) => histogramOf(route, times)),
    },
  ]
}

function histogramOf(route: string, { buckets, seconds, count }: Times): Sample[] {
  let below = 0
  const samples: Sample[] = BOUNDS.map((le, index) => {
    below += buckets[index] as number
    return { suffix: '_bucket', labels: { route, le }, value: below }
  })
  return [
    ...samples,
    { suffix: '_bucket', labels: { route, le: '+Inf' }, value: count },
    { suffix: '_sum', labels: { route }, value: seconds },
    { suffix: '_count', labels: { route }, value: count },
  ]
}
