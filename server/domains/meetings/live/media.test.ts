import { expect, test } from 'vitest'
import { silentLog } from '#kernel/log.ts'
import type { MediaEngine, MediaEvent } from '../media-engine.ts'
import { followEngine } from './media-events.ts'
import { createMedia } from './media.ts'
import { Room } from './room.ts'
import { createChain } from './serial.ts'
import type { Seat } from './seat.ts'

/** A room with one person whose connections start anew, and an engine that answers when the test says so. */
function startingAnew() {
  const sent: string[] = []
  let tell = (_event: MediaEvent): void => {}
  let answer = (_offered: boolean): void => {}
  const engine = {
    subscribe: (listener: typeof tell) => ((tell = listener), () => {}),
    openRoom: async () => {},
    resumePeer: () => new Promise<boolean>((resolve) => (answer = resolve)),
    setPublishingAllowed: async () => {},
  } as unknown as MediaEngine
  const room = new Room({ id: 7, meeting_type: 'video', enable_screen_share: true } as never, new Date(), () => {})
  const seat = {
    accountId: 1,
    peerId: 'p',
    mediaState: {},
    media: createChain(10, (error) => expect.unreachable(String(error))),
    hasMediaPeer: true,
    heldOffer: null,
    socket: { send: (text: string) => sent.push((JSON.parse(text) as { data: { sdp: string } }).data.sdp) },
  } as unknown as Seat
  room.seats.set(1, seat)
  const media = createMedia({ engine, log: silentLog })
  followEngine({ engine, rooms: { get: () => room } as never, media, log: silentLog })
  media.attach(room, seat, true)
  const offer = (sdp: string): void => tell({ type: 'offer', roomId: '7', peerId: 'p', sdp, tracks: [] })
  return {
    sent,
    offer,
    answer: async (offered: boolean) => {
      await new Promise((resolve) => setImmediate(resolve))
      answer(offered)
      await seat.media.idle()
    },
  }
}

test('an offer of connections that are no more is told to nobody, the first of the new ones is', async () => {
  const { sent, offer, answer } = startingAnew()
  offer('old')
  offer('new')
  expect(sent).toEqual([])
  await answer(true)
  expect(sent).toEqual(['new'])
  offer('later')
  expect(sent).toEqual(['new', 'later'])
})

test('where nothing is to be seen yet, an old offer is told to nobody either', async () => {
  const { sent, offer, answer } = startingAnew()
  offer('old')
  await answer(false)
  offer('first')
  expect(sent).toEqual(['first'])
})
