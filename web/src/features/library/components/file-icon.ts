import type { FileType } from '#contracts/schemas/media.ts'
import type { IconName } from '@/ui/icons.tsx'

/** What stands for a kind of file. */
export const FILE_ICONS: Record<FileType, IconName> = {
  video: 'film',
  audio: 'music',
  image: 'image',
  document: 'file-text',
}
