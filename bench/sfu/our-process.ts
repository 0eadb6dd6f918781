// The SFU by itself, for the load to be put on: ends when its parent does.
import { SfuEngine } from '../../server/adapters/sfu/sfu-engine.ts'
import { silentLog } from '../../server/kernel/log.ts'

const engine = new SfuEngine({ log: silentLog, workers: 1, tcp: false })
await engine.start()
await engine.openRoom('r')
const offers = new Map<string, string>()
const waiting = new Map<string, (sdp: string) => void>()
engine.subscribe((event) => {
  if (event.type !== 'offer') return
  const resolve = waiting.get(event.peerId)
  waiting.delete(event.peerId)
  if (resolve) resolve(event.sdp)
  else offers.set(event.peerId, event.sdp)
})

async function handle(method: string, peer: string, sdp: string): Promise<string> {
  if (method === 'publish') {
    // As a publisher it subscribes under another name, so that all publishers are there before the first offer is made.
    await engine.addPeer('r', peer, { userId: 1, canPublish: ['camera'], canSubscribe: false })
    return (await engine.publishOffer('r', peer, { sdp })).sdp
  }
  const name = `${peer} subscribing`
  if (method === 'subscribe') {
    await engine.addPeer('r', name, { userId: 1, canPublish: [] })
    const own = (await engine.publications('r')).find((each) => each.peerId === peer)
    if (own) await engine.setLayer('r', name, own.publicationId, 'off')
    return offers.get(name) ?? (await new Promise((resolve) => waiting.set(name, resolve)))
  }
  await engine.subscribeAnswer('r', name, { sdp })
  return ''
}

process.on('message', (message: { id: number; method: string; peer: string; sdp: string }) => {
  handle(message.method, message.peer, message.sdp).then(
    (sdp) => process.send!({ type: 'reply', id: message.id, sdp }),
    (error: unknown) => process.send!({ type: 'reply', id: message.id, sdp: '', error: String(error) }),
  )
})
process.on('disconnect', () => void engine.stop().then(() => process.exit(0)))
process.send!({ type: 'ready' })
