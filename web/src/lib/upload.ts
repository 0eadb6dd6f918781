import type { AnyRoute } from '#contracts/route.ts'
import { addressOf } from './api.ts'
import { ApiError, NetworkError, SignedOutError } from './api-error.ts'
import { freshSession } from './refresh.ts'

/**
 * Sends one file to a route that takes a multipart form, saying how far it is (0 to 100), which `fetch` cannot tell of
 * what goes up; answers the body. Throws as `callApi` does.
 */
export async function uploadTo(
  route: AnyRoute,
  params: Record<string, unknown>,
  file: File,
  options: { onProgress: (percent: number) => void; signal: AbortSignal },
): Promise<unknown> {
  const session = await freshSession()
  if (session === null) throw new SignedOutError('')
  const form = new FormData()
  form.set('file', file)
  return await new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(route.method, addressOf(route, params))
    request.setRequestHeader('authorization', `Bearer ${session.accessToken}`)
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) options.onProgress(Math.floor((event.loaded / event.total) * 100))
    })
    request.addEventListener('load', () => {
      const body = bodyOf(request)
      if (request.status >= 200 && request.status < 300) resolve(body)
      else reject(refusal(request, body))
    })
    request.addEventListener('error', () => reject(new NetworkError(false)))
    request.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')))
    options.signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(form)
  })
}

function bodyOf(request: XMLHttpRequest): unknown {
  try {
    return JSON.parse(request.responseText)
  } catch {
    // A proxy's page; the status says enough.
    return undefined
  }
}

function refusal(request: XMLHttpRequest, body: unknown): ApiError {
  const { code, error, message = '' } = (body ?? {}) as { code?: number; error?: { code?: string }; message?: string }
  const wait = Number(request.getResponseHeader('Retry-After'))
  const fault = request.getResponseHeader('X-Fault') ?? undefined
  return new ApiError(
    request.status,
    code ?? error?.code ?? request.status,
    message,
    undefined,
    wait > 0 ? wait : undefined,
    fault,
  )
}
