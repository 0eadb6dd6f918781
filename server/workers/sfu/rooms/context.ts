import type { MediaEvent } from '#domains/meetings/media-engine.ts'
import type { DtlsCertificate } from '../dtls/certificate.ts'
import type { MediaSockets } from '../ice/sockets.ts'

/** What everything in a worker shares. */
export interface RoomContext {
  sockets: MediaSockets
  certificate: DtlsCertificate
  /** Tells the host; the events of a closed room are kept back by its room. */
  emit(event: MediaEvent): void
  /** A bug that a room survived. */
  onFault(error: unknown): void
  /** An id unique within the engine. */
  nextId(): string
}
