import type { Page } from 'playwright-core'

/** A script after which a page's connections use no path but the TURN servers they were given. */
export const RELAY_ONLY = `
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration) {
      super({ ...configuration, iceTransportPolicy: 'relay' })
    }
  }`

/** A statistics report, as far as it is looked into. */
interface Report {
  readonly type: string
  readonly selectedCandidatePairId?: string
  readonly localCandidateId?: string
  readonly candidateType?: string
  readonly protocol?: string
  readonly relayProtocol?: string
}

/** Where a connection sends from. */
export type Path = Pick<Report, 'candidateType' | 'protocol' | 'relayProtocol'>

/** The path each connected connection of a page has chosen; `watchConnections` must have been called before. */
export async function sendingFrom(page: Page): Promise<Path[]> {
  return await page.evaluate(async () => {
    const { heldConnections } = globalThis as unknown as {
      heldConnections: readonly { connectionState: string; getStats(): Promise<ReadonlyMap<string, Report>> }[]
    }
    const found: Path[] = []
    for (const connection of heldConnections) {
      if (connection.connectionState !== 'connected') continue
      const reports = await connection.getStats()
      const transport = [...reports.values()].find((one) => one.type === 'transport')
      const pair = reports.get(transport?.selectedCandidatePairId ?? '')
      const { candidateType, protocol, relayProtocol } = reports.get(pair?.localCandidateId ?? '') ?? {}
      found.push({
        ...(candidateType && { candidateType }),
        ...(protocol && { protocol }),
        ...(relayProtocol && { relayProtocol }),
      })
    }
    return found
  })
}
