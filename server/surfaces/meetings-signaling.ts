import { SIGNALING_PATH } from '#contracts/signaling.ts'
import { CLOSE } from '#contracts/schemas/signaling.ts'
import type { Meetings } from '#domains/meetings/meetings.ts'
import { actorOf } from './meetings-views.ts'
import type { Sockets } from './realtime/sockets.ts'

/** Serves `/ws/signaling` (contract, section 7). */
export function serveSignaling(sockets: Sockets, { meetings }: { meetings: Meetings }): void {
  sockets.route({
    path: SIGNALING_PATH,

    async open(connection, url) {
      const { principal } = connection
      const meetingId = numberOf(url.searchParams.get('meeting_id'))
      if (meetingId === undefined) {
        connection.send(errorFrame(0, 'INVALID_ROOM', 'meeting_id is missing or no number'))
        connection.close(CLOSE.notJoined, 'no meeting_id')
        return undefined
      }
      const userId = url.searchParams.get('user_id')
      const { login, displayName, avatarUrl } = principal
      const link = await meetings.signalling.open(
        { actor: actorOf(principal), profile: { login, displayName, avatarUrl } },
        {
          meetingId,
          // Something that is no number is nobody's id.
          userId: userId === null || userId === '' ? null : (numberOf(userId) ?? -1),
          sessionId: url.searchParams.get('session_id') || null,
        },
        connection,
      )
      return link === undefined ? undefined : { message: (text) => link.receive(text), closed: () => link.closed() }
    },

    refusal: (fault, url) => ({
      frame: errorFrame(numberOf(url.searchParams.get('meeting_id')) ?? 0, 'UNAUTHORIZED', fault.message),
      code: CLOSE.unauthorized,
      reason: fault.code,
    }),
  })
}

function numberOf(text: string | null): number | undefined {
  if (text === null || !/^\d{1,10}$/.test(text)) return undefined
  const value = Number(text)
  return value >= 1 && value <= 2_147_483_647 ? value : undefined
}

function errorFrame(meetingId: number, code: string, message: string): string {
  return JSON.stringify({ type: 'error', from: 0, meeting_id: meetingId, data: { code, message } })
}
