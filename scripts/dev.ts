// `npm run dev`: the server, restarted when its files change, and the web app by Vite with hot reload. One Ctrl-C ends both.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

const SERVER_PORT = process.env['CONFAB_PORT'] ?? '8000'
const watched = ['server', 'contracts'].flatMap((folder) => ['--watch-path', folder])
const children = [
  spawn(process.execPath, [...watched, 'server/main.ts'], { stdio: 'inherit' }),
  spawn(process.execPath, [join('node_modules', 'vite', 'bin', 'vite.js'), '--config', 'web/vite.config.ts', 'web'], {
    stdio: 'inherit',
    env: { ...process.env, CONFAB_DEV_SERVER: `http://localhost:${SERVER_PORT}` },
  }),
]

let ending = false
function endAll(): void {
  if (ending) return
  ending = true
  for (const child of children) child.kill('SIGTERM')
}
for (const child of children) child.on('exit', endAll)
process.on('SIGINT', endAll)
process.on('SIGTERM', endAll)
