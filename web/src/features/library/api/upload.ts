import { uploadMedia } from '#contracts/media.ts'
import { ApiError, NetworkError, SignedOutError } from '@/lib/api-error.ts'
import { freshSession } from '@/lib/refresh.ts'

/** Sends one file, saying how far it is; `fetch` cannot tell that of what goes up. */
export async function uploadFile(
  file: File,
  onProgress: (percent: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const session = await freshSession()
  if (session === null) throw new SignedOutError('')
  signal.throwIfAborted()
  const form = new FormData()
  form.set('file', file)
  await new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = (): void => request.abort()
    request.open(uploadMedia.method, uploadMedia.path)
    request.setRequestHeader('authorization', `Bearer ${session.accessToken}`)
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onProgress(Math.floor((event.loaded / event.total) * 100))
    })
    request.addEventListener('load', () => {
      if (request.status === uploadMedia.status) resolve()
      else reject(refusal(request))
    })
    request.addEventListener('error', () => reject(new NetworkError(false)))
    request.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')))
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort))
    signal.addEventListener('abort', abort, { once: true })
    request.send(form)
  })
}

function refusal(request: XMLHttpRequest): ApiError {
  let answer: { code?: number; message?: string } = {}
  try {
    answer = JSON.parse(request.responseText) as typeof answer
  } catch {
    // A proxy's page; the status says enough.
  }
  const wait = Number(request.getResponseHeader('Retry-After'))
  return new ApiError(
    request.status,
    answer.code ?? request.status,
    answer.message ?? '',
    undefined,
    wait > 0 ? wait : undefined,
    request.getResponseHeader('X-Fault') ?? undefined,
  )
}
