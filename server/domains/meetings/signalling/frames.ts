import { Compile } from 'typebox/compile'
import { ClientFrame, clientData, RELAYED } from '#contracts/schemas/signaling.ts'
import type { ClientData, ClientFrameType } from '#contracts/schemas/signaling.ts'
import { findJsonFlaw, isNestedTooDeep } from '#kernel/json-flaws.ts'

/** A frame from a client, checked. */
export type Frame = {
  [T in ClientFrameType]: { readonly type: T; readonly to: number; readonly data: ClientData[T] }
}[ClientFrameType]

/** A frame for another person, its data let be. */
export interface RelayFrame {
  readonly type: string
  readonly to: number
  readonly data: unknown
}

/** What a text turned out to be. */
export type Parsed =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'relay'; readonly frame: RelayFrame }
  | {
      readonly kind: 'bad'
      readonly code: 'INVALID_MESSAGE' | 'INVALID_ROOM'
      readonly message: string
      readonly type?: string
    }

const outside = Compile(ClientFrame)
const inside = Object.fromEntries(Object.entries(clientData).map(([type, schema]) => [type, Compile(schema)])) as {
  [T in ClientFrameType]: ReturnType<typeof Compile>
}
const isKnown = (type: string): type is ClientFrameType => Object.hasOwn(clientData, type)

/** Reads one frame of a client in the room of `meetingId`. Never throws, whatever the text. */
export function parseFrame(text: string, meetingId: number): Parsed {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { kind: 'bad', code: 'INVALID_MESSAGE', message: 'This is not JSON' }
  }
  if (!outside.Check(value)) {
    return { kind: 'bad', code: 'INVALID_MESSAGE', message: 'A frame is {type, to?, meeting_id?, data}' }
  }
  const { type, data } = value
  const to = value.to ?? 0
  if (value.meeting_id !== undefined && value.meeting_id !== null && value.meeting_id !== meetingId) {
    return { kind: 'bad', code: 'INVALID_ROOM', message: 'This socket is in another meeting', type }
  }
  if (!isKnown(type)) {
    return { kind: 'bad', code: 'INVALID_MESSAGE', message: `There is no frame of type ${printable(type)}` }
  }
  const body = data ?? {}
  if (RELAYED.includes(type) && to !== 0) {
    if (!isNestedTooDeep(body)) return { kind: 'relay', frame: { type, to, data: body } }
    return { kind: 'bad', code: 'INVALID_MESSAGE', message: `The data of ${type} is nested too deep`, type }
  }
  const check = inside[type]
  if (!check.Check(body)) {
    const [first] = check.Errors(body)
    const where = first === undefined ? '' : `${first.instancePath.slice(1).replaceAll('/', '.')} ${first.message}`
    return { kind: 'bad', code: 'INVALID_MESSAGE', message: wrongData(type, where), type }
  }
  const flaw = findJsonFlaw(body)
  if (flaw !== undefined) {
    return { kind: 'bad', code: 'INVALID_MESSAGE', message: wrongData(type, `${flaw.path} ${flaw.reason}`), type }
  }
  return { kind: 'frame', frame: { type, to, data: body } as Frame }
}

function wrongData(type: string, why: string): string {
  return `The data of ${type} is not right${why === '' ? '' : ` (${why.trim()})`}`
}

/** A name out of a hostile frame, fit to be said back. */
function printable(name: string): string {
  return JSON.stringify(name.slice(0, 40))
}
