import type { AnyRoute, ResultOf } from '#contracts/route.ts'
import { ApiError, NetworkError, SignedOutError } from '@/lib/api-error.ts'
import { freshSession } from '@/lib/refresh.ts'

/** Long sound on a slow machine takes long; a server that is gone is noticed by the connection. */
const TIMEOUT_MS = 60 * 60_000

interface Sending {
  /** 0 to 100 while the form goes up. */
  onProgress: (percent: number) => void
  signal: AbortSignal
}

/** Sends a form to a route without parameters and answers what its envelope carries; `fetch` cannot tell how far a form is. */
export async function sendForm<R extends AnyRoute>(
  route: R,
  form: FormData,
  { onProgress, signal }: Sending,
): Promise<ResultOf<R>> {
  const session = await freshSession()
  if (session === null) throw new SignedOutError('')
  signal.throwIfAborted()
  return await new Promise<ResultOf<R>>((resolve, reject) => {
    const request = new XMLHttpRequest()
    const giveUp = () => request.abort()
    request.open(route.method, route.path)
    request.timeout = TIMEOUT_MS
    request.setRequestHeader('authorization', `Bearer ${session.accessToken}`)
    request.setRequestHeader('accept', 'application/json')
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onProgress(Math.floor((event.loaded / event.total) * 100))
    })
    request.addEventListener('load', () => {
      const answer = read(request.responseText)
      if (request.status >= 200 && request.status < 300) resolve(answer.data as ResultOf<R>)
      else reject(refusal(request, answer))
    })
    request.addEventListener('error', () => reject(new NetworkError(false)))
    request.addEventListener('timeout', () => reject(new NetworkError(true)))
    request.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')))
    request.addEventListener('loadend', () => signal.removeEventListener('abort', giveUp))
    signal.addEventListener('abort', giveUp, { once: true })
    request.send(form)
  })
}

interface Answer {
  code?: number
  message?: string
  data?: unknown
}

function read(text: string): Answer {
  try {
    return JSON.parse(text) as Answer
  } catch {
    // A proxy's page; the status says enough.
    return {}
  }
}

function refusal(request: XMLHttpRequest, { code, message }: Answer): ApiError {
  const wait = Number(request.getResponseHeader('Retry-After'))
  const fault = request.getResponseHeader('X-Fault') ?? undefined
  const { status } = request
  return new ApiError(status, code ?? status, message ?? '', undefined, wait > 0 ? wait : undefined, fault)
}
