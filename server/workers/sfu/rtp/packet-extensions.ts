import { extensionName } from '../sdp/extensions.ts'
import type { ExtensionName } from '../sdp/extensions.ts'
import { forEachExtension } from './header.ts'

/** Reads the header extensions of one client's packets by the ids it negotiated. One object is reused for all packets. */
export class PacketExtensions {
  mid = ''
  rid = ''
  repairedRid = ''
  /** -1 where the packet has none; so are the three below. */
  transportSequence = -1
  /** The RFC 6464 byte: voice activity and level. */
  audioLevel = -1
  orientation = -1
  contentType = -1
  private readonly names: (ExtensionName | undefined)[] = []
  private packet: Buffer = Buffer.alloc(0)

  /** From now on this id means what the URI says, where that is understood. */
  map(id: number, uri: string): void {
    const name = extensionName(uri)
    if (name) this.names[id] = name
  }

  /** Fills the fields from a packet whose header was checked with `payloadStart`. */
  read(packet: Buffer): void {
    this.mid = ''
    this.rid = ''
    this.repairedRid = ''
    this.transportSequence = -1
    this.audioLevel = -1
    this.orientation = -1
    this.contentType = -1
    this.packet = packet
    forEachExtension(packet, this.readOne)
  }

  private readonly readOne = (id: number, at: number, length: number): void => {
    const name = this.names[id]
    if (!name) return
    switch (name) {
      case 'transportSequence':
        if (length >= 2) this.transportSequence = this.packet.readUInt16BE(at)
        break
      case 'audioLevel':
      case 'orientation':
      case 'contentType':
        this[name] = this.packet[at]!
        break
      case 'mid':
      case 'rid':
      case 'repairedRid':
        this[name] = this.packet.toString('latin1', at, at + length)
    }
  }
}
