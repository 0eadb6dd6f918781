import type { MainServer } from '#domains/ai/nodes/agent.ts'
import { Fault } from '#kernel/fault.ts'
import type { FaultKind } from '#kernel/fault.ts'

const TIMEOUT_MS = 10_000

interface Answer {
  readonly data?: { heartbeat_seconds?: number } | null
  readonly message?: string
}

/** The kinds of faults that are told apart, by status. */
const KINDS: Readonly<Record<number, readonly [FaultKind, string]>> = {
  401: ['unauthenticated', 'ai.node-token'],
  404: ['missing', 'ai.node-missing'],
  409: ['conflict', 'ai.node-taken'],
}

/** Speaks to the main server by its HTTP API. */
export function createMainServer(options: {
  url: string
  token: string
  nodeId: string
  /** Where the node is reached; undefined: at the address it comes from. */
  address: string | undefined
  port: number
  key: string
  version: string
}): MainServer {
  const { url, token, nodeId, address, port, key, version } = options

  async function post(path: string, body: object): Promise<Answer> {
    let response: Response
    try {
      response = await fetch(`${url}/api/v1/nodes/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
    } catch (error) {
      const { message, cause } = error as Error
      throw failed(cause instanceof Error ? `${message}: ${cause.message}` : message, error)
    }
    const answer = (await response.json().catch(() => ({}))) as Answer
    if (response.ok) return answer
    const [kind, code] = KINDS[response.status] ?? []
    if (kind === undefined || code === undefined) throw failed(`it answered ${response.status}`)
    throw new Fault(kind, code, answer.message ?? `it answered ${response.status}`)
  }

  return {
    register: async (report) => {
      const body = { node_id: nodeId, ...(address !== undefined && { address }), port, key, version, report }
      const { data } = await post('register', body)
      return { heartbeatMs: Math.max(1, data?.heartbeat_seconds ?? 5) * 1000 }
    },
    beat: async (report) => void (await post('heartbeat', { node_id: nodeId, report })),
    leave: async () => void (await post('leave', { node_id: nodeId })),
  }
}

const failed = (why: string, cause?: unknown): Fault =>
  new Fault('unavailable', 'ai.main-failed', `The main server does not answer: ${why}`, { cause })
