import { createHash } from 'node:crypto'
import { randomToken } from '#kernel/ids.ts'
import type { Secrets } from '#kernel/secrets.ts'

/** A key as it is kept: a hash to find it by, and the key itself sealed, because document 1 shows it again. */
export interface KeptApiKey {
  readonly hash: Buffer
  readonly sealed: Buffer
}

/** `occ_` and 32 random characters: 190 bits, so that its hash needs no salt. */
export function newApiKey(): string {
  return `occ_${randomToken(32)}`
}

/** The hash a key is found by. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/** A key made fit to be kept; the seal holds for this account alone. */
export function keepApiKey(secrets: Secrets, accountUuid: string, key: string): KeptApiKey {
  return { hash: hashApiKey(key), sealed: secrets.seal(key, contextOf(accountUuid)) }
}

/** The key again. */
export function openApiKey(secrets: Secrets, accountUuid: string, sealed: Buffer): string {
  return secrets.open(sealed, contextOf(accountUuid))
}

const contextOf = (accountUuid: string): string => `api-key/${accountUuid}`
