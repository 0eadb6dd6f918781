// The SFU by itself, for the load to be put on: ends when its parent does.
import { SfuEngine } from '../../server/adapters/sfu/sfu-engine.ts'
import { silentLog } from '../../server/kernel/log.ts'

const engine = new SfuEngine({ log: silentLog, workers: 1, tcp: false })
await engine.start()
const offers = new Map<string, string>()
const waiting = new Map<string, (sdp: string) => void>()
engine.subscribe((event) => {
  if (event.type !== 'offer') return
  const resolve = waiting.get(event.peerId)
  waiting.delete(event.peerId)
  if (resolve) resolve(event.sdp)
  else offers.set(event.peerId, event.sdp)
})

async function handle(method: string, room: string, peer: string, sdp: string): Promise<string> {
  if (!engine.rooms().includes(room)) await engine.openRoom(room)
  if (method === 'publish') {
    // As a publisher it subscribes under another name, so that all publishers are there before the first offer is made.
    await engine.addPeer(room, peer, { userId: 1, canPublish: ['camera'], canSubscribe: false })
    return (await engine.publishOffer(room, peer, { sdp })).sdp
  }
  const name = `${peer} subscribing`
  if (method === 'subscribe') {
    await engine.addPeer(room, name, { userId: 1, canPublish: [] })
    const own = (await engine.publications(room)).find((each) => each.peerId === peer)
    if (own) await engine.setLayer(room, name, own.publicationId, 'off')
    return offers.get(name) ?? (await new Promise((resolve) => waiting.set(name, resolve)))
  }
  await engine.subscribeAnswer(room, name, { sdp })
  return ''
}

process.on('message', (message: { id: number; method: string; room: string; peer: string; sdp: string }) => {
  handle(message.method, message.room, message.peer, message.sdp).then(
    (sdp) => process.send!({ type: 'reply', id: message.id, sdp }),
    (error: unknown) => process.send!({ type: 'reply', id: message.id, sdp: '', error: String(error) }),
  )
})
process.on('disconnect', () => void engine.stop().then(() => process.exit(0)))
process.send!({ type: 'ready' })
