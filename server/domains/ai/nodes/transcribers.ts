import type { Clock } from '#kernel/clock.ts'
import { isFault } from '#kernel/fault.ts'
import type { Transcriber } from '../ports.ts'
import type { RemoteNode, Roster } from './roster.ts'

/** A service that transcribes, with how much it has to do. */
export type Service = Transcriber & { active(): number }

/** One that failed comes last for so long. */
const SHUNNED_MS = 15_000

export type Transcribers = ReturnType<typeof createTranscribers>

/** The services that transcribe: the one of the settings, and those that admins added as nodes. */
export function createTranscribers(parts: {
  /** That of the settings, where one is set. */
  fixed: Service | undefined
  roster: Roster
  clock: Clock
  open(node: RemoteNode): Service
}) {
  const { fixed, roster, clock } = parts
  const opened = new Map<string, { made: string; service: Service }>()
  const failedAt = new Map<Service, number>()

  /** The service of a node, made anew when its address, key or model changed. */
  function serviceOf(node: RemoteNode): Service {
    const made = JSON.stringify([node.address, node.key, node.model])
    const known = opened.get(node.id)
    if (known?.made === made) return known.service
    const service = parts.open(node)
    opened.set(node.id, { made, service })
    return service
  }

  async function all(): Promise<Service[]> {
    const nodes = (await roster.list()).filter(({ kind }) => kind === 'openai')
    for (const id of opened.keys()) if (!nodes.some((node) => node.id === id)) opened.delete(id)
    return [...(fixed === undefined ? [] : [fixed]), ...nodes.map(serviceOf)]
  }

  const isShunned = (service: Service): boolean => clock.now() - (failedAt.get(service) ?? 0) < SHUNNED_MS

  return {
    serviceOf,

    /** Whoever has least to do of those with the model; one that fails is followed by another one, once. */
    async forModel(model: string | undefined): Promise<Transcriber | undefined> {
      const able = (await all()).filter((service) => model === undefined || service.model === model)
      const [first, second] = able.toSorted(
        (a, b) => Number(isShunned(a)) - Number(isShunned(b)) || a.active() - b.active(),
      )
      if (first === undefined) return undefined
      return {
        model: first.model,
        probe: () => first.probe(),
        transcribe: async (sound) => {
          try {
            return await first.transcribe(sound)
          } catch (error) {
            if (!isFault(error, 'ai.stt-failed')) throw error
            failedAt.set(first, clock.now())
            if (second === undefined) throw error
            return await second.transcribe(sound)
          }
        },
      }
    },
  }
}
