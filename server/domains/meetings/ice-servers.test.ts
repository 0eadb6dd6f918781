import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { createIceServers } from './ice-servers.ts'

const clock = { now: () => 1_700_000_000_000 }

test('nothing configured: nothing given', () => {
  expect(createIceServers({ stunUrls: [], turnUrls: [], turnSecret: undefined }, clock)(7)).toEqual([])
})

test('TURN credentials are what coturn’s use-auth-secret checks', () => {
  const servers = createIceServers(
    { stunUrls: ['stun:s'], turnUrls: ['turn:a', 'turns:b'], turnSecret: 'north' },
    clock,
  )(7)
  const username = `${1_700_000_000 + 12 * 3600}:7`
  expect(servers).toEqual([
    { urls: ['stun:s'] },
    {
      urls: ['turn:a', 'turns:b'],
      username,
      credential: createHmac('sha1', 'north').update(username).digest('base64'),
    },
  ])
})

test('TURN without a secret goes without credentials', () => {
  expect(createIceServers({ stunUrls: [], turnUrls: ['turn:a'], turnSecret: undefined }, clock)(7)).toEqual([
    { urls: ['turn:a'] },
  ])
})
