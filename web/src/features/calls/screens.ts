import type { Screen } from '../../app/screen.ts'

const at = Date.UTC(2026, 10, 19, 22, 0)
const call = (callId: string, status: string, more: object = {}) => ({
  callId,
  to: '+886912345678',
  message: '您好，這裡是王小明，想請您幫我預約明天上午的門診，謝謝。',
  keys: null,
  status,
  reason: null,
  sipCode: null,
  carrier: 'sip',
  attempts: 1,
  createdAt: at,
  notBefore: null,
  dialingAt: at + 1_000,
  ringingAt: at + 2_000,
  answeredAt: null,
  endedAt: null,
  durationMs: null,
  digits: null,
  transcript: null,
  ...more,
})

const completed = call('done', 'completed', {
  sipCode: 200,
  answeredAt: at + 9_000,
  endedAt: at + 41_000,
  durationMs: 32_000,
  digits: '1#',
  transcript: '> 您好，這裡是王小明，想請您幫我預約明天上午的門診，謝謝。\n< [1#]',
})
const calls = [
  call('now', 'ringing', { to: '+886223456789' }),
  call('late', 'queued', { reason: 'quiet_hours', notBefore: at + 39_600_000, dialingAt: null, ringingAt: null }),
  completed,
  call('busy', 'busy', { attempts: 3, sipCode: 486, endedAt: at + 9_000 }),
  call('failed', 'failed', { reason: 'unknown_number', sipCode: 404, endedAt: at + 2_000, ringingAt: null }),
  call('canceled', 'canceled', { reason: 'by_caller', endedAt: at + 9_000 }),
]
const service = {
  body: {
    enabled: true,
    carrier: 'sip',
    voice: 'espeak-ng',
    countries: ['TW'],
    quietFrom: 21,
    quietUntil: 9,
    usedToday: 6,
    dailyPerAccount: 50,
  },
}
const limits = {
  enabled: true,
  countries: ['TW'],
  activePerAccount: 2,
  activePerDestination: 1,
  activeInAll: 20,
  dailyPerAccount: 50,
  dailyPerDestination: 5,
  dailyInAll: 500,
  quietFrom: 21,
  quietUntil: 9,
}
const base = { 'GET /api/call-service': service, 'POST /api/ws-ticket': { status: 503, body: {} } }
const list = (rows: readonly object[]) => ({ 'GET /api/calls': { body: { calls: rows, nextCursor: null } } })

export const screens: readonly Screen[] = [
  { name: 'history', path: '/calls', answers: { ...base, ...list(calls) }, until: '+886223456789' },
  { name: 'empty', path: '/calls', answers: { ...base, ...list([]) } },
  {
    name: 'no-carrier',
    path: '/calls',
    answers: { ...base, ...list([]), 'GET /api/call-service': { body: { ...service.body, carrier: null } } },
  },
  { name: 'failed', path: '/calls', answers: { ...base, 'GET /api/calls': { status: 500, body: { success: false } } } },
  { name: 'place', path: '/calls?new=1', answers: { ...base, ...list(calls) }, until: '+886912345678' },
  {
    name: 'call',
    path: '/calls/done',
    answers: { ...base, 'GET /api/calls/done': { body: completed } },
    until: '0:32',
  },
  {
    name: 'connections',
    path: '/calls/connections',
    answers: {
      ...base,
      'GET /api/dashboard': {
        body: {
          email: 'ming@example.com',
          plan: 'free',
          matrixId: null,
          apiKey: 'occ_0123456789abcdef0123456789abcdef',
          wsUrl: 'ws://localhost/ws?token=x',
          sessions: [
            { id: '7c4d2a52-37c7-4a5e-9a3b-1f70a1b2c3d4', created_at: at, last_seen: at + 60_000, active: 1 },
            { id: '0a1b2c3d-37c7-4a5e-9a3b-1f70a1b2c3d5', created_at: at - 9e6, last_seen: at - 8e6, active: 0 },
          ],
        },
      },
    },
    until: '7c4d2a52',
  },
  {
    name: 'limits',
    path: '/calls/limits',
    answers: {
      ...base,
      'GET /api/admin/calls/limits': { body: { limits, defaults: limits, activeNow: 3, usedToday: 41 } },
      'GET /api/admin/calls/never-call': {
        body: { numbers: [{ number: '+886911222333', reason: '對方要求不要再打', createdAt: at }] },
      },
    },
  },
]
