import { expect, test, vi } from 'vitest'
import type { ChatMessage } from '#contracts/schemas/meeting.ts'
import { lineAt, linesOf } from './chat-at.ts'

vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined, removeItem: () => undefined })
const { inFormat, newDraft, transcoding } = await import('./conversion.ts')

const message = (id: number, timestamp: string): ChatMessage => ({
  message_id: id,
  seq: id,
  user_id: 1,
  username: 'yijun',
  nickname: '林怡君',
  avatar_url: null,
  content: `第 ${id} 句`,
  timestamp,
})

test('lines stand at their moment of the film; what was written before and after the recording is not there', () => {
  const messages = ['09:59:59', '10:00:02', '10:00:05.5', '10:00:29', '10:01:00'].map((time, index) =>
    message(index, `2026-11-20T${time}Z`),
  )
  const lines = linesOf(messages, {
    started_at: '2026-11-20T10:00:00Z',
    stopped_at: '2026-11-20T10:00:30Z',
    film_started_at: '2026-11-20T10:00:03Z',
    duration: 25,
  })
  expect(lines.map(({ id, at }) => [id, at])).toEqual([
    [1, 0],
    [2, 2.5],
    [3, 25],
  ])
  expect([0, 2, 2.5, 24].map((seconds) => lineAt(lines, seconds))).toEqual([0, 0, 1, 1])
})

test('what was written in the second in which the recording was stopped is there', () => {
  const recorded = {
    started_at: '2026-11-20T10:00:00Z',
    stopped_at: '2026-11-20T10:00:30Z',
    film_started_at: null,
    duration: 30,
  }
  const messages = [message(1, '2026-11-20T10:00:30.433Z'), message(2, '2026-11-20T10:00:31.000Z')]
  expect(linesOf(messages, recorded).map(({ id }) => id)).toEqual([1])
})

test('a container lets go of codecs it cannot hold, and keeps those it can', () => {
  const draft = { ...newDraft('video', 10), video: 'av1' as const, audio: 'aac' as const }
  expect(inFormat(draft, 'webm')).toMatchObject({ format: 'webm', video: 'av1', audio: '' })
  expect(inFormat(draft, 'mov')).toMatchObject({ video: '', audio: 'aac' })
})

test('only what was chosen is asked for', () => {
  const draft = newDraft('video', 10)
  expect(transcoding(draft)).toEqual({ output_format: 'mp4' })
  expect(transcoding({ ...draft, size: 'custom', width: '640', height: '360', frameRate: '30' })).toEqual({
    output_format: 'mp4',
    resolution: '640x360',
    frame_rate: 30,
  })
})
