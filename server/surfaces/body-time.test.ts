import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { limitBodyTime } from './body-time.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function requestWith(headers: Record<string, string>) {
  const socket = { bytesRead: 0, destroy: vi.fn() }
  const request = Object.assign(new EventEmitter(), { headers, socket, complete: false })
  return { request: request as unknown as IncomingMessage & { complete: boolean }, socket }
}

test('a body that does not come within two minutes is not waited for', () => {
  const { request, socket } = requestWith({ 'content-length': '10' })
  limitBodyTime(request, { isUpload: false })
  vi.advanceTimersByTime(119_000)
  expect(socket.destroy).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1_000)
  expect(socket.destroy).toHaveBeenCalledOnce()
})

test('an upload may take hours while something comes, and no longer', () => {
  const { request, socket } = requestWith({ 'transfer-encoding': 'chunked' })
  limitBodyTime(request, { isUpload: true })
  for (let minute = 0; minute < 180; minute++) {
    socket.bytesRead += 100_000
    vi.advanceTimersByTime(60_000)
  }
  expect(socket.destroy).not.toHaveBeenCalled()
  socket.bytesRead += 10
  vi.advanceTimersByTime(60_000)
  expect(socket.destroy).toHaveBeenCalledOnce()
})

test('a body that is here is looked at no more, and one that does not come never', () => {
  const { request } = requestWith({ 'content-length': '10' })
  limitBodyTime(request, { isUpload: false })
  request.emit('end')
  limitBodyTime(requestWith({}).request, { isUpload: false })
  expect(vi.getTimerCount()).toBe(0)
})
