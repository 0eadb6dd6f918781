import type { HandlerParts, Handlers } from './handler.ts'
import { moderationHandlers } from './moderation-handlers.ts'
import { roomHandlers } from './room-handlers.ts'

/** The handlers of all frames. */
export function createHandlers(parts: HandlerParts): Handlers {
  return { ...roomHandlers(parts), ...moderationHandlers(parts) }
}
