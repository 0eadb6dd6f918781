import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, waitUntilBound } from './sipp.ts'

/** A `kamailio` that asks who calls (407), keeps itself in the way (Record-Route), and passes calls on. */
export interface Kamailio {
  readonly address: string
  stop(): Promise<void>
}

/** Passes calls on to `target` (`127.0.0.1:5062`) for the user `confab` with this password. */
export async function startKamailio(options: { target: string; password: string }): Promise<Kamailio> {
  const folder = await mkdtemp(join(tmpdir(), 'confab-kamailio-'))
  const port = await freePort('udp')
  await writeFile(
    join(folder, 'kamailio.cfg'),
    `#!KAMAILIO
debug=-1
log_stderror=yes
children=1
tcp_children=1
listen=udp:127.0.0.1:${port}
listen=tcp:127.0.0.1:${port}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/:/usr/lib/aarch64-linux-gnu/kamailio/modules/"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "auth.so"

request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) { t_relay(); } exit; }
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    if (is_method("ACK")) { if (t_check_trans()) { t_relay(); } exit; }
    sl_send_reply("404", "Not here");
    exit;
  }
  if (is_method("INVITE|REGISTER")) {
    if (!pv_proxy_authenticate("kam.example", "${options.password}", "0")) {
      proxy_challenge("kam.example", "0");
      exit;
    }
    consume_credentials();
  }
  if (is_method("REGISTER")) { append_to_reply("Expires: 600\\r\\n"); sl_send_reply("200", "OK"); exit; }
  record_route();
  $du = "sip:${options.target};transport=udp";
  t_relay();
}
`,
  )
  const child = spawn('/usr/sbin/kamailio', ['-f', 'kamailio.cfg', '-DD', '-E', '-m', '16', '-M', '4', '-Y', folder], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'exit')
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)))
  try {
    await waitUntilBound(child, port, 'udp')
    await waitUntilBound(child, port, 'tcp')
  } catch (error) {
    child.kill('SIGKILL')
    throw new Error(`kamailio does not start: ${said}`, { cause: error })
  }
  return {
    address: `127.0.0.1:${port}`,
    stop: async () => {
      if (child.exitCode === null) {
        child.kill('SIGTERM')
        const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
        await ended
        clearTimeout(timer)
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}
