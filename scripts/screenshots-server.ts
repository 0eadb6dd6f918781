// What the views are looked at against: the built files, served under the product's own security policy, and pretended answers.
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import type { Route, WebSocketRoute } from 'playwright-core'
import { type Screen, ok } from '../web/src/app/screen.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
}
// Stricter than the server's in that no inline style passes either.
const policy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'"

/** Serves a build on a port of its own. */
export async function serveBuild(dist: string): Promise<{ base: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname))
    const wanted = join(dist, path)
    const file = existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(dist, 'index.html')
    response.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': policy,
    })
    createReadStream(file).pipe(response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}

const account = {
  user_id: 1,
  username: 'yijun',
  email: 'yijun.lin@example.com.tw',
  nickname: '林怡君',
  avatar_url: '',
  status: 'active',
  role: 'admin',
  plan: 'free',
  matrix_id: null,
  time_zone: 'Asia/Taipei',
  locale: null,
  last_login_at: '2026-11-20T00:58:00Z',
  created_at: '2026-03-02T02:00:00Z',
  updated_at: '2026-11-19T02:00:00Z',
}

/** Answers a call of the page as the screen says. */
export async function answer(route: Route, screen: Screen, language: string): Promise<void> {
  const request = route.request()
  const wanted = `${request.method()} ${new URL(request.url()).pathname}`
  const given =
    screen.answers?.[wanted] ??
    (wanted === 'GET /api/v1/users/profile' ? ok({ ...account, locale: language }) : undefined)
  // Left open until the page closes.
  if (given?.never) return
  const {
    status = 200,
    headers,
    body,
  } = given ?? {
    status: 404,
    headers: {},
    body: { code: 404, message: `no answer for ${wanted}`, data: null },
  }
  await route.fulfill({
    status,
    contentType: 'application/json',
    ...(headers && { headers }),
    body: JSON.stringify(body),
  })
}

/** Answers the page's live connection: it knows the screen's rooms, and nothing happens on it. */
export function answerEvents(socket: WebSocketRoute, screen: Screen): void {
  const { data } = (screen.answers?.['GET /api/groups']?.body ?? {}) as { data?: { groups?: readonly object[] } }
  socket.onMessage((text) => {
    const { type } = JSON.parse(String(text)) as { type: string }
    if (type === 'hello') {
      socket.send(JSON.stringify({ type: 'ready', user_id: account.user_id, rooms: data?.groups ?? [] }))
    }
    if (type === 'ping') socket.send(JSON.stringify({ type: 'pong' }))
  })
}
