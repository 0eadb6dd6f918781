import type { FastifyRequest } from 'fastify'
import { dashboard, regenerateApiKey, setMatrixId, userMe } from '#contracts/users.ts'
import type { ResultOf } from '#contracts/route.ts'
import type { Identity } from '#domains/identity/identity.ts'
import { credentialsOf } from './credentials.ts'
import type { Mount } from './mount.ts'
import { originOf, visitOf } from './visit.ts'

/** The call sockets of an account, as document 1's dashboard lists them. */
export type CallSessionsOf = (accountId: number) => Promise<ResultOf<typeof dashboard>['sessions']>

/** What is listed where nothing can connect yet. */
export const noCallSessions: CallSessionsOf = async () => []

/** `/api/user/*` and `/api/dashboard` as document 1 has them. */
export function mountUserDashboard(
  mount: Mount,
  { identity, callSessionsOf }: { identity: Identity; callSessionsOf: CallSessionsOf },
): void {
  mount(userMe, async ({ account }) => ({
    id: account.uuid,
    email: account.email,
    plan: account.plan,
    matrixId: account.matrixId,
    createdAt: account.createdAt.getTime(),
  }))

  mount(
    setMatrixId,
    async ({ account, body, request }) => {
      const { matrixId } = await identity.profiles.update(account, { matrixId: body.matrixId }, visitOf(request))
      return { success: true as const, matrixId: matrixId ?? body.matrixId }
    },
    {
      words: { 'accounts.matrix-id-invalid': { status: 400, message: '無效的 Matrix ID' } },
      invalid: ({ field }) => (field === 'matrixId' ? { status: 400, message: '無效的 Matrix ID' } : undefined),
    },
  )

  mount(regenerateApiKey, async ({ account, request }) => ({
    apiKey: await identity.profiles.regenerateApiKey(account, visitOf(request)),
  }))

  mount(dashboard, async ({ account, request }) => {
    const [apiKey, sessions] = await Promise.all([identity.profiles.apiKey(account), callSessionsOf(account.accountId)])
    return {
      email: account.email,
      plan: account.plan,
      matrixId: account.matrixId,
      apiKey,
      wsUrl: socketUrl(request),
      sessions,
    }
  })
}

/** Where to connect, by the host and scheme the client reached us by, with the credential it came with. */
function socketUrl(request: FastifyRequest): string {
  const { bearer, apiKey } = credentialsOf(request.headers)
  const local = `http://localhost:${request.socket.localPort ?? 8000}`
  const origin = (originOf(request) ?? local).replace(/^http/, 'ws')
  return `${origin}/ws?token=${encodeURIComponent(bearer ?? apiKey ?? '')}`
}
