// Installs the system programs the tests use, where it may; otherwise names them exactly.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

interface Program {
  readonly command: string
  readonly package: string
  readonly for: string
}

// Fonts are no command: Debian's package is recognised by its files.
const CJK_FONTS = '/usr/share/fonts/opentype/noto'

const PROGRAMS: readonly Program[] = [
  { command: 'chromium', package: 'chromium', for: 'browser tests' },
  { command: 'ffmpeg', package: 'ffmpeg', for: 'media tests' },
  { command: 'openssl', package: 'openssl', for: 'phone calls over TLS' },
  { command: 'sipp', package: 'sip-tester', for: 'phone call tests' },
  { command: 'baresip', package: 'baresip', for: 'phone call tests' },
  { command: 'kamailio', package: 'kamailio', for: 'phone call tests' },
  { command: 'turnserver', package: 'coturn', for: 'meetings through a relay' },
  { command: 'ip', package: 'iproute2', for: 'meetings behind firewalls' },
  { command: 'espeak-ng', package: 'espeak-ng', for: 'speech tests' },
]

function isThere(command: string): boolean {
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'].some((folder) =>
    existsSync(join(folder, command)),
  )
}

function missing(): { packages: string[]; sentences: string[] } {
  const gone = PROGRAMS.filter((program) => !isThere(program.command))
  const packages = gone.map((program) => program.package)
  const sentences = gone.map((program) => `${program.package} (${program.for})`)
  if (!existsSync(CJK_FONTS) || readdirSync(CJK_FONTS).every((file) => !file.includes('CJK'))) {
    packages.push('fonts-noto-cjk')
    sentences.push('fonts-noto-cjk (Chinese text in screenshots)')
  }
  return { packages, sentences }
}

const before = missing()
if (before.packages.length > 0) {
  const canInstall = process.platform === 'linux' && process.getuid?.() === 0 && isThere('apt-get')
  if (canInstall) {
    console.log(`Installing what the tests need: ${before.sentences.join(', ')}`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'inherit'], env })
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...before.packages], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env,
    })
  }
  const after = missing()
  if (after.packages.length > 0) {
    console.error(`The tests need these programs: ${after.sentences.join(', ')}.`)
    console.error(`On Debian or Ubuntu: sudo apt-get install ${after.packages.join(' ')}`)
    process.exit(1)
  }
}
