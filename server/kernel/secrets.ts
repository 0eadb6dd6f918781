import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from './fault.ts'

/** Keys derived from one master secret, and boxes sealed with them. */
export interface Secrets {
  /** A key of `bytes` bytes for one purpose (HKDF-SHA256, RFC 5869); the same purpose gives the same key. */
  derive(purpose: string, bytes?: number): Buffer
  /** Encrypts a text for keeping at rest (AES-256-GCM, random nonce); `context` binds it to its place. */
  seal(text: string, context: string): Buffer
  /** @throws Error when the box was sealed with another key or for another place */
  open(box: Buffer, context: string): string
}

const NONCE = 12
const TAG = 16

/** Secrets from a master of at least 32 characters or bytes. */
export function createSecrets(master: string | Buffer): Secrets {
  const derive = (purpose: string, bytes = 32): Buffer =>
    Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `confab/${purpose}`, bytes))
  const boxKey = derive('box')
  return {
    derive,
    seal(text, context) {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv('aes-256-gcm', boxKey, nonce).setAAD(Buffer.from(context))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
    },
    open(box, context) {
      const decipher = createDecipheriv('aes-256-gcm', boxKey, box.subarray(0, NONCE))
      decipher.setAAD(Buffer.from(context)).setAuthTag(box.subarray(NONCE, NONCE + TAG))
      return decipher.update(box.subarray(NONCE + TAG), undefined, 'utf8') + decipher.final('utf8')
    },
  }
}

/**
 * The installation's secrets: from the setting, else from `secrets/master` in the data directory, made once and readable
 * by its owner alone. Two processes that start at once end with the same file.
 * @throws Fault `config.invalid` when the given secret is too short; `data-dir.unwritable`
 */
export function openSecrets(options: { dataDir: string; given: string | undefined }): Secrets {
  if (options.given !== undefined) {
    if (options.given.length < 32) {
      throw new Fault('invalid', 'config.invalid', 'CONFAB_SECRET must have at least 32 characters')
    }
    return createSecrets(options.given)
  }
  const folder = join(options.dataDir, 'secrets')
  const file = join(folder, 'master')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    try {
      return createSecrets(readFileSync(file))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    const fresh = `${file}.${process.pid}`
    writeFileSync(fresh, randomBytes(48).toString('base64url'), { mode: 0o600, flush: true })
    chmodSync(fresh, 0o600)
    try {
      linkSync(fresh, file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      rmSync(fresh)
    }
    return createSecrets(readFileSync(file))
  } catch (error) {
    throw new Fault(
      'unavailable',
      'data-dir.unwritable',
      `Cannot keep secrets in ${folder}: ${(error as Error).message}`,
      {
        cause: error,
      },
    )
  }
}
