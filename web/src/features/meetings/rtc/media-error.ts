/** Why a camera, microphone or screen could not be had. */
export type MediaProblem = 'denied' | 'missing' | 'busy' | 'insecure' | 'lost' | 'failed'

/** Tells the browser's errors apart; `null` for a picker the person closed. */
export function problemOf(error: unknown, what: 'device' | 'screen'): MediaProblem | null {
  const name = error instanceof Error || error instanceof DOMException ? error.name : ''
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      // Closing the picker of screens is not a refusal; refusing a device is.
      return what === 'screen' ? null : 'denied'
    case 'AbortError':
      return what === 'screen' ? null : 'failed'
    case 'NotFoundError':
    case 'DevicesNotFoundError':
      return 'missing'
    case 'NotReadableError':
    case 'TrackStartError':
      return 'busy'
    default:
      return 'failed'
  }
}
