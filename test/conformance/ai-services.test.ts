import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import { as, expectFailure, newPerson } from '#test/support/accounts-v1.ts'
import type { Person } from '#test/support/accounts-v1.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { toneOf } from '#test/support/tone.ts'

/** Programs with OpenAI's API that an admin adds as nodes. */
interface Service {
  readonly server: Server
  readonly url: string
  /** The keys it was shown. */
  readonly keys: (string | undefined)[]
  status: number
}

let app: TestApp
let admin: Person
let person: Person
let one: Service
let two: Service

async function serve(text: string): Promise<Service> {
  const server = createServer((request, response) => {
    void buffer(request).then(() => {
      if (request.url === '/v1/models') return response.writeHead(service.status).end('{"data":[]}')
      service.keys.push(request.headers.authorization)
      return response.writeHead(service.status, { 'content-type': 'application/json' }).end(JSON.stringify({ text }))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  const service: Service = { server, url, keys: [], status: 200 }
  return service
}

beforeAll(async () => {
  ;[one, two] = await Promise.all([serve('from one'), serve('from two')])
  app = await startTestApp()
  admin = await newPerson(app)
  person = await newPerson(app)
})
afterAll(async () => {
  await app.close()
  for (const { server } of [one, two]) {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
})

const ask = (route: string, body?: object, who = admin) => call(app, route, body, as(who))
const add = (id: string, service: Service, more: object = {}, who = admin) =>
  ask('POST /api/v1/nodes', { node_id: id, base_url: `${service.url}/`, model: 'whisper-large', ...more }, who)
const recognise = (more: object = {}) =>
  ask('POST /api/v1/speech/recognition', { audio_data: toneOf({ seconds: 1 }), ...more }, person)

describe('a service as a node', () => {
  test('is an admin’s to add, under a name of its own', async () => {
    expectFailure(await recognise(), 503, 4001)
    expectFailure(await add('one', one, {}, person), 403, 403)
    expectFailure(await add('local', one), 409, 409)
    expectFailure(await add('one', one, { base_url: 'file:///etc' }), 400, 400)
    const added = await add('one', one, { api_key: 'the-key-of-one', name: 'The first' })
    expect(added.status).toBe(201)
    expect(added.body.data).toMatchObject({
      node_id: 'one',
      name: 'The first',
      kind: 'openai',
      address: one.url,
      status: 'online',
      models: ['whisper-large'],
      removable: true,
    })
    expectFailure(await add('one', two), 409, 409)
  })

  test('is shown its key, which is kept sealed and told to nobody', async () => {
    expect((await recognise()).body.data).toMatchObject({ text: 'from one', model: 'whisper-large' })
    expect(one.keys).toEqual(['Bearer the-key-of-one'])
    const [row] = await app.db.query<{ key: Buffer }>("SELECT key FROM ai_nodes WHERE id = 'one'")
    expect(row?.key.toString('latin1')).not.toContain('the-key-of-one')
    const shown = JSON.stringify((await ask('GET /api/v1/nodes')).body)
    expect(shown).not.toContain('the-key-of-one')
  })

  test('is used by the name of its model', async () => {
    await add('two', two, { model: 'another' })
    expect((await recognise({ model: 'another' })).body.data).toMatchObject({ text: 'from two', model: 'another' })
    expectFailure(await recognise({ model: 'nobody-has-it' }), 404, 404)
    await ask('DELETE /api/v1/nodes/two')
  })

  test('that nobody listens at says why', async () => {
    const nobody = await serve('nothing')
    await new Promise((done) => nobody.server.close(done))
    const added = await add('nobody', nobody)
    expect(added.body.data).toMatchObject({ status: 'offline', reason: expect.stringMatching(/ECONNREFUSED/) })
    await ask('DELETE /api/v1/nodes/nobody')
  })

  test('that fails is followed by another one, and a check finds it out', async () => {
    await add('two', two)
    one.status = 500
    expect((await recognise()).body.data).toMatchObject({ text: 'from two' })
    const asked = one.keys.length
    // Whoever failed comes last for a while.
    expect((await recognise()).body.data).toMatchObject({ text: 'from two' })
    expect(one.keys).toHaveLength(asked)
    const { data } = (await ask('POST /api/v1/nodes/one/health-check')).body
    expect(data).toMatchObject({ healthy: false, status: 'offline', checks: [{ name: 'models', ok: false }] })
    one.status = 200
    expect((await ask('POST /api/v1/nodes/one/health-check')).body.data).toMatchObject({
      healthy: true,
      status: 'online',
    })
  })

  test('is forgotten when it is removed; what settings name is not', async () => {
    for (const id of ['one', 'two']) expect((await ask(`DELETE /api/v1/nodes/${id}`)).status).toBe(200)
    expectFailure(await recognise(), 503, 4001)
    expectFailure(await ask('DELETE /api/v1/nodes/one'), 404, 404)
    expectFailure(await ask('DELETE /api/v1/nodes/local'), 409, 409)
  })
})
