import type { TFunction } from 'i18next'

/** What machines, services and downloads fail with most often, in the words of systems and libraries. */
const KNOWN = [
  [/ECONNREFUSED (?<where>\S+)/, 'reason.refused'],
  [/(?:ENOTFOUND|EAI_AGAIN) (?<where>\S+)/, 'reason.noSuchHost'],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|Connect Timeout|could not be reached in time/, 'reason.unreachable'],
  [/ECONNRESET|EPIPE|other side closed|socket hang up|aborted/, 'reason.brokenOff'],
  [/certificate|CERT_|self.signed/i, 'reason.certificate'],
  [/it answered (?<status>401|403)$/, 'reason.keyRefused'],
  [/it answered (?<status>[1-5]\d\d)$/, 'reason.status'],
  [/does not answer|[Tt]imed? ?out|took too long/, 'reason.silent'],
  [/^(?<file>.+) is not what its manifest says/, 'reason.otherBytes'],
  [/its process ended \((?<how>[^)]*)\)/, 'reason.died'],
  [/ENOSPC/, 'reason.diskFull'],
] as const

/** A reason that the server gives, in the reader's language where it is a usual one; else as it is. */
export function sayReason(reason: string, t: TFunction<'ai'>): string {
  for (const [pattern, key] of KNOWN) {
    const found = pattern.exec(reason)
    if (found !== null) return t(key, { ...found.groups })
  }
  return reason
}
