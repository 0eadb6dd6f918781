import '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { UploadFields } from '#contracts/media.ts'
import type { Arrived, Library } from '#domains/media/library.ts'
import type { MediaFile } from '#domains/media/media-file.ts'
import type { Principal } from '#domains/identity/principal.ts'
import { Fault } from '#kernel/fault.ts'
import { invalidRequest, refuseFlaws } from './validation.ts'

/** What a form weighs around its file. */
const FORM_BYTES = 64 * 1024
const fields = Compile(UploadFields)

/** Reads the form: its file goes to disk as it comes, its fields may stand before or after it. */
export async function receiveUpload(
  request: FastifyRequest,
  account: Principal,
  library: Pick<Library, 'receive' | 'largest'>,
): Promise<MediaFile> {
  if (!request.isMultipart()) throw missing()
  const announced = Number(request.headers['content-length'])
  if (announced > library.largest + FORM_BYTES) {
    throw new Fault('too-large', 'media.too-large', 'The file is larger than any kind may be', {
      data: { kind: 'any', most: library.largest },
    })
  }
  const limits = { fileSize: library.largest + 1, files: 1, fields: 10, fieldSize: 10_000, parts: 12 }
  const texts: Record<string, unknown> = {}
  let arrived: Arrived | undefined
  try {
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field') texts[part.fieldname] = part.value
      else if (part.fieldname !== 'file') part.file.resume()
      else {
        try {
          arrived = await library.receive(account.accountId, {
            name: fileNameOf(part),
            bytes: part.file as AsyncIterable<Buffer>,
          })
        } catch (error) {
          // The client is still sending, and reads our answer only when it is done; no more than the limit comes.
          part.file.resume()
          throw error
        }
      }
    }
    if (arrived === undefined) throw missing()
    const { meeting_id: meetingId = null, description = '' } = checkFields(texts, account)
    return await arrived.finish({ meetingId, description })
  } catch (error) {
    await arrived?.discard()
    throw error
  }
}

/** The name a form gives its file, which it need not; `%22` is how browsers write a quotation mark (HTML, multipart/form-data encoding). */
function fileNameOf(part: { readonly filename?: string }): string {
  return (part.filename ?? '').replaceAll('%22', '"')
}

function checkFields(texts: Readonly<Record<string, unknown>>, account: Principal): Static<typeof UploadFields> {
  const given: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(texts)) {
    if (value === '') continue
    given[name] = name.endsWith('_id') && /^\d{1,10}$/.test(String(value)) ? Number(value) : value
  }
  if (!fields.Check(given)) {
    const [first] = fields.Errors(given)
    const field = first?.instancePath.slice(1) ?? ''
    throw invalidRequest({
      in: 'body',
      field,
      fields: [field],
      reason: 'other',
      details: `${field} ${first?.message ?? 'is not valid'}`,
    })
  }
  refuseFlaws('body', given)
  const claimed = given.user_id
  if (claimed !== undefined && claimed !== account.accountId) {
    throw new Fault('forbidden', 'media.not-you', 'user_id is not the caller’s own')
  }
  return given
}

function missing(): Fault {
  return new Fault('invalid', 'media.upload-missing', 'A multipart form with a file in "file" is asked for')
}
