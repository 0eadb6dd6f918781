import type { Library } from '#domains/media/library.ts'
import type { MediaFile } from '#domains/media/media-file.ts'
import { Fault } from '#kernel/fault.ts'
import type { Content } from './media-bytes.ts'

/** A file of the library as it is sent. */
export function fileContent(library: Library, file: MediaFile): Content {
  return {
    id: file.id,
    name: file.name,
    mime: file.mime,
    size: file.size,
    changed: file.createdAt,
    open: () => library.open(file.storageKey),
  }
}

/** Its small picture. @throws Fault `media.missing` where it has none */
export async function previewContent(library: Library, file: MediaFile): Promise<Content> {
  const { previewKey: key, createdAt: changed } = file
  if (key === null) throw new Fault('missing', 'media.missing', 'There is no picture of it')
  const size = await library.sizeOf(key)
  return { id: key, name: 'preview.webp', mime: 'image/webp', size, changed, open: () => library.open(key) }
}
