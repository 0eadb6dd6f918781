// The peer: nothing but node:http and fs. A body goes to a file, synced at its end like ours; a file goes to a body.
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

const path = join(process.argv[2] ?? '', 'raw')

const server = createServer((request, response) => {
  const answer = async (): Promise<void> => {
    if (request.method === 'GET') return await pipeline(createReadStream(path), response)
    const file = await open(path, 'w')
    await pipeline(request, file.createWriteStream({ flush: true }))
    response.end('{}')
  }
  answer().catch((error: unknown) => response.destroy(error as Error))
})
server.requestTimeout = 0
server.listen(0, '127.0.0.1', () => console.log(`listening ${(server.address() as AddressInfo).port}`))
