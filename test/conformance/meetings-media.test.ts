import { describe, expect, test } from 'vitest'
import { Fault } from '#kernel/fault.ts'
import { eventually } from '#test/support/meetings.ts'
import { errorOf, leaveAll, meetingsOfFile } from '#test/support/meetings-file.ts'

const { app, host, guest, third } = await meetingsOfFile({
  timings: { graceMs: 300, denialMs: 300, joinMs: 500, sweepMs: 100 },
})

describe('media with user 0', () => {
  test('an offer is answered; the others are offered what is sent, with whose it is', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    first.send(
      'offer',
      {
        type: 'offer',
        sdp: 'v=0 mine',
        transport: 'publish',
        tracks: [
          { mid: '0', source: 'microphone' },
          { mid: '1', source: 'camera' },
        ],
      },
      { to: 0 },
    )
    expect((await first.next('answer')).data).toMatchObject({
      type: 'answer',
      sdp: 'v=0 answer',
      transport: 'publish',
      publications: [{ source: 'microphone' }, { source: 'camera' }],
    })
    const offer = await second.next('offer')
    expect(offer).toMatchObject({ from: 0, to: guest.id, data: { type: 'offer', transport: 'subscribe' } })
    // The first offer may name the microphone alone; the camera then follows in the next.
    second.send('answer', { type: 'answer', sdp: 'v=0', transport: 'subscribe' })
    const tracks = offer.data.tracks.length === 2 ? offer.data.tracks : (await second.next('offer')).data.tracks
    expect(tracks).toMatchObject([
      { user_id: host.id, peer_id: first.joined.peer_id, kind: 'audio', source: 'microphone', mid: '0' },
      { user_id: host.id, peer_id: first.joined.peer_id, kind: 'video', source: 'camera', mid: '1' },
    ])
    const late = await app.enter(third, id)
    expect((await late.next('offer')).data.tracks).toHaveLength(2)
    first.send('leave')
    expect((await second.next('track', ({ data }) => data.state === 'ended')).data).toMatchObject({
      peer_id: first.joined.peer_id,
    })
    leaveAll(second, late)
  })

  test('candidates, ICE restarts and layers reach the engine', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    first.send('offer', { sdp: 'v=0', tracks: [{ mid: '0', source: 'camera' }] })
    const { publications } = (await first.next('answer')).data
    const publication_id = publications[0]?.publication_id ?? ''
    second.send('ice-candidate', { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0, transport: 'subscribe' })
    second.send('layer', {
      subscriptions: [
        { publication_id, width: 320, height: 180, visible: true, layer: 'low' },
        { publication_id: 'gone', layer: 'off' },
      ],
    })
    const before = await second.next('offer')
    second.send('ice-restart', { transport: 'subscribe' })
    expect((await second.next('offer')).data.tracks).toEqual(before.data.tracks)
    const peer = app.engine.peer(String(id), second.joined.peer_id)
    expect(peer?.candidates).toEqual([
      { transport: 'subscribe', candidate: { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 } },
    ])
    expect(peer?.preferences[0]).toEqual({ publicationId: publication_id, width: 320, height: 180, visible: true })
    expect(peer?.layers.get(publication_id)).toBe('low')
    app.engine.emit({
      type: 'layer-changed',
      roomId: String(id),
      peerId: second.joined.peer_id,
      publicationId: publication_id,
      layer: 'low',
      reason: 'bandwidth',
    })
    expect((await second.next('layer')).data).toEqual({ publication_id, layer: 'low', reason: 'bandwidth' })
    leaveAll(first, second)
  })

  test('bad SDP is INVALID_MESSAGE; an engine that does not answer is said, and chat goes on', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    first.send('offer', { sdp: 'hello' })
    expect(await errorOf(first)).toMatchObject({ code: 'INVALID_MESSAGE', type: 'offer' })
    first.send('offer', { sdp: 'v=0', transport: 'subscribe' })
    expect(await errorOf(first)).toMatchObject({ code: 'INVALID_MESSAGE', type: 'offer' })
    app.engine.failNext(new Fault('unavailable', 'media.unavailable', 'dead'))
    first.send('offer', { sdp: 'v=0' })
    expect(await errorOf(first)).toMatchObject({ code: 'MEDIA_UNAVAILABLE', type: 'offer' })
    first.send('chat', { content: 'still here' })
    await first.next('chat')
    leaveAll(first)
  })

  test('levels are passed on, four times a second at most', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const level = { peerId: first.joined.peer_id, publicationId: 'x', level: -20 }
    for (let i = 0; i < 10; i++) {
      app.engine.emit({ type: 'audio-levels', roomId: String(id), levels: [level], activePeerId: first.joined.peer_id })
    }
    await first.settle()
    const heard = first.frames.filter((frame) => frame.type === 'speakers')
    expect(heard).toHaveLength(1)
    expect(heard[0]?.data).toEqual({
      levels: [{ peer_id: first.joined.peer_id, user_id: host.id, level: -20, speaking: true }],
    })
    leaveAll(first)
  })

  test('how well somebody is connected is told to all, and to who comes later', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const peer_id = first.joined.peer_id
    expect(first.joined.participants[0]?.connection).toBeNull()
    const measured = { uplinkLoss: 0.12, downlinkLoss: 0, rttMs: 40, availableBitrate: 900_000, heldBack: false }
    const gone = { ...measured, peerId: 'nobody' }
    app.engine.emit({
      type: 'connection-quality',
      roomId: String(id),
      peers: [gone, { ...measured, peerId: peer_id }],
    })
    const report = { quality: 'poor', uplink_loss: 0.12, downlink_loss: 0, rtt_ms: 40, available_bitrate: null }
    expect((await first.next('connection-quality')).data).toEqual({
      people: [{ user_id: host.id, peer_id, ...report }],
    })
    const second = await app.enter(guest, id)
    expect(second.joined.participants.find((one) => one.peer_id === peer_id)?.connection).toEqual(report)
    leaveAll(first, second)
  })

  test('a media worker that dies: everybody is told to begin anew, in the same room', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    await second.settle()
    app.engine.killWorker([String(id)])
    await first.next('restart')
    await second.next('restart')
    first.send('offer', { sdp: 'v=0', tracks: [{ mid: '0', source: 'microphone' }] })
    await first.next('answer')
    expect((await second.next('offer')).data.tracks).toHaveLength(1)
    expect(app.engine.peers(String(id)).toSorted()).toEqual([first.joined.peer_id, second.joined.peer_id].toSorted())
    leaveAll(first, second)
  })

  test('the engine is left as it was found when everybody is gone', async () => {
    const id = await app.meeting(host)
    const first = await app.enter(host, id)
    const second = await app.enter(guest, id)
    second.send('leave')
    first.send('leave')
    await Promise.all([first.closed, second.closed])
    await eventually(() => app.engine.rooms()).not.toContain(String(id))
    await eventually(() => app.db.query('SELECT 1 FROM meeting_rooms WHERE meeting_id = $1', [id])).toEqual([])
  })
})
