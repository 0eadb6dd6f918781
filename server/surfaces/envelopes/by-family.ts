import type { Family } from '#contracts/route.ts'
import { assistant } from './assistant.ts'
import type { Envelope } from './envelope.ts'
import { meetings } from './meetings.ts'
import { plain } from './plain.ts'
import { raw } from './raw.ts'
import { workspace } from './workspace.ts'

/** Each family's envelope. */
export const envelopes: Readonly<Record<Family, Envelope>> = { plain, assistant, workspace, meetings, raw }

const PREFIXES: readonly (readonly [RegExp, Family])[] = [
  [/^\/api\/v1(\/|$)/, 'meetings'],
  [/^\/api\/(chat|auth\/(signup|signin|refresh|logout))(\/|$)/, 'assistant'],
  [/^\/api\/(schedules|groups|messages)(\/|$)/, 'workspace'],
  [/^\/api(\/|$)/, 'plain'],
  [/^\/ws\/signaling(\/|$)/, 'meetings'],
  [/^\/ws(\/|$)/, 'plain'],
]

/** The family whose shape an answer under this path takes, known or unknown (contract, section 1). */
export function familyOfPath(path: string): Family {
  return PREFIXES.find(([prefix]) => prefix.test(path))?.[1] ?? 'raw'
}
