import { hostname } from 'node:os'
import { createMachine } from '#adapters/ai/machine.ts'
import { createNodeClient } from '#adapters/ai/node-client.ts'
import { createOpenAiTranscriber } from '#adapters/ai/openai-transcriber.ts'
import { LOCAL_NODE, STT_NODE, createNodes } from '#domains/ai/nodes.ts'
import type { Nodes, NodesParts } from '#domains/ai/nodes.ts'
import { createNodeStore } from '#domains/ai/nodes/node-store.ts'
import { createNodeTokens } from '#domains/ai/nodes/node-tokens.ts'
import { createRoster } from '#domains/ai/nodes/roster.ts'
import type { Roster } from '#domains/ai/nodes/roster.ts'
import { spreadModel } from '#domains/ai/nodes/spread-model.ts'
import { createSpread } from '#domains/ai/nodes/spread.ts'
import type { NodeClient } from '#domains/ai/nodes/spread.ts'
import { createTranscribers } from '#domains/ai/nodes/transcribers.ts'
import type { Transcribers } from '#domains/ai/nodes/transcribers.ts'
import type { LocalModel } from '#domains/ai/ports.ts'
import { VERSION } from '../version.ts'
import type { Base } from './part.ts'

/** Other machines and services that do inference for us. */
export interface NodesPart {
  readonly roster: Roster
  readonly client: NodeClient
  readonly transcribers: Transcribers
  /** A model of this machine as one of several machines that have it. */
  spread(id: string, local: LocalModel): LocalModel
  /** Everything that runs models, to be looked at. */
  look(parts: Pick<NodesParts, 'registry' | 'processes' | 'findFfmpeg'>): Nodes
}

/** Wires nodes. */
export function composeNodes({ config, db, bus, secrets, clock, log }: Base): NodesPart {
  const { core, ai } = config
  const isUsedHere = core.roles.includes('inference')
  const roster = createRoster({
    store: createNodeStore(db, secrets),
    tokens: createNodeTokens(db),
    clock,
    log,
    reserved: [LOCAL_NODE, STT_NODE],
    onChange: (id, status) => bus.publish('ai.node.changed', { node_id: id, status }),
  })
  const client = createNodeClient()
  const spread = createSpread({ roster, client, isUsedHere, limitHere: ai.mostWaiting })
  const timeoutMs = ai.sttSeconds * 1000
  const fixed =
    ai.sttUrl === undefined
      ? undefined
      : createOpenAiTranscriber({ url: ai.sttUrl, key: ai.sttKey, model: ai.sttModel, timeoutMs })
  const transcribers = createTranscribers({
    fixed,
    roster,
    clock,
    open: ({ address, key, model }) =>
      createOpenAiTranscriber({ url: address, key: key ?? undefined, model: model ?? '', timeoutMs }),
  })
  return {
    roster,
    client,
    transcribers,
    spread: (id, local) => spreadModel(id, local, spread),
    look: (parts) =>
      createNodes({
        ...parts,
        clock,
        machine: createMachine(),
        address: core.publicUrl ?? `http://${hostname()}:${core.port}`,
        mostWaiting: ai.mostWaiting,
        transcriber: fixed === undefined || ai.sttUrl === undefined ? undefined : { address: ai.sttUrl, engine: fixed },
        isUsedHere,
        version: VERSION,
        roster,
        client,
        serviceOf: (node) => transcribers.serviceOf(node),
      }),
  }
}
