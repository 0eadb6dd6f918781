/** One video a subscriber could get, with the layers that are really arriving, low to high. */
export interface AllocationRequest {
  id: string
  /** Higher is served first. */
  priority: number
  /** The best layer that is of use; -1 where nothing is to be sent. */
  wanted: number
  live: readonly { layer: number; bitrate: number }[]
  /** The layer at present, -1 for none. */
  current: number
}

/** What was decided for one request. */
export interface Allocation {
  /** -1: not sent. */
  layer: number
  reason: 'wanted' | 'bandwidth' | 'unavailable'
}

/** Room above a layer's bitrate that has to be there before going up to it, so that it does not go up and down. */
const UPGRADE_MARGIN = 1.15

/**
 * Shares `budget` bits per second (null: unknown, everything is sent) among videos: first the lowest layer of each in order of
 * priority, then step by step the better ones. The first of all gets its lowest layer even where nothing fits.
 */
export function allocate(requests: readonly AllocationRequest[], budget: number | null): Map<string, Allocation> {
  const result = new Map<string, Allocation>()
  const chosen: { request: AllocationRequest; steps: readonly { layer: number; bitrate: number }[]; at: number }[] = []
  let left = budget ?? Infinity
  for (const request of [...requests].sort((a, b) => b.priority - a.priority)) {
    if (request.wanted < 0 || request.live.length === 0) {
      result.set(request.id, { layer: -1, reason: request.wanted < 0 ? 'wanted' : 'unavailable' })
      continue
    }
    const useful = request.live.filter(({ layer }) => layer <= request.wanted)
    const steps = useful.length > 0 ? useful : request.live.slice(0, 1)
    const cost = priceOf(request, steps[0]!)
    if (cost <= left || chosen.length === 0) {
      left -= steps[0]!.bitrate
      chosen.push({ request, steps, at: 0 })
    } else {
      result.set(request.id, { layer: -1, reason: 'bandwidth' })
    }
  }
  for (let improved = true; improved;) {
    improved = false
    for (const choice of chosen) {
      const next = choice.steps[choice.at + 1]
      if (!next) continue
      const extra = next.bitrate - choice.steps[choice.at]!.bitrate
      const price = priceOf(choice.request, next) - choice.steps[choice.at]!.bitrate
      if (price > left) continue
      left -= extra
      choice.at++
      improved = true
    }
  }
  for (const { request, steps, at } of chosen) {
    const layer = steps[at]!.layer
    const reason = at < steps.length - 1 ? 'bandwidth' : layer < request.wanted ? 'unavailable' : 'wanted'
    result.set(request.id, { layer, reason })
  }
  return result
}

function priceOf(request: AllocationRequest, step: { layer: number; bitrate: number }): number {
  return step.layer > request.current ? step.bitrate * UPGRADE_MARGIN : step.bitrate
}
