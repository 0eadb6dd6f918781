import type { Somebody } from './accounts.ts'

/** Calls a route of document 4 as somebody; anything but success is an error of the test. */
export async function ask<Answer>(
  url: string,
  who: Somebody,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${who.tokens.access_token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  })
  const answer: unknown = await response.json()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`)
  return answer as Answer
}

/** A room that the first one makes, with the others in it; its number. */
export async function makeRoom(
  url: string,
  [owner, ...others]: readonly [Somebody, ...Somebody[]],
  name: string,
): Promise<number> {
  const { group } = await ask<{ group: { id: number } }>(url, owner, 'POST', '/api/groups', {
    name,
    user_ids: others.map((one) => one.userId),
  })
  return group.id
}

/** Says something in a room. */
export async function say(
  url: string,
  who: Somebody,
  roomId: number,
  content: string,
): Promise<{ id: number; seq: number }> {
  const { message_data } = await ask<{ message_data: { id: number; seq: number } }>(url, who, 'POST', '/api/messages', {
    chat_room_id: roomId,
    content,
  })
  return message_data
}
