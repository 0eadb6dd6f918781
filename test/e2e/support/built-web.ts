import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'

/** Builds the web app when something it is made of has changed since. */
export async function builtWeb(): Promise<void> {
  const script = resolve(import.meta.dirname, '../../../scripts/build-web.ts')
  await promisify(execFile)(process.execPath, [script, '--if-stale'], { timeout: 120_000 })
}
