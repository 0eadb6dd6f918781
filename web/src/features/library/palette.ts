import i18next from 'i18next'
import { listMedia } from '#contracts/media.ts'
import type { PaletteSource } from '@/app/feature.ts'
import { callApi } from '@/lib/api.ts'
import { FILE_ICONS } from './components/file-icon.ts'

/** The places of the library, and files by name. */
export const palette: PaletteSource = {
  items: () => [
    {
      id: 'library.recordings',
      label: i18next.t('library:tabs.recordings'),
      icon: 'film',
      to: '/library/recordings',
    },
    { id: 'library.jobs', label: i18next.t('library:tabs.jobs'), icon: 'wand-sparkles', to: '/library/jobs' },
  ],
  search: {
    title: () => i18next.t('library:tabs.files'),
    find: async (words, signal) => {
      const query = { keyword: words.slice(0, 100), page_size: 6 }
      const { files } = await callApi(listMedia, { query }, { signal })
      return files.map((file) => ({
        id: `library.file.${file.file_id}`,
        label: file.file_name,
        icon: FILE_ICONS[file.file_type],
        to: `/library/files/${file.file_id}`,
      }))
    },
  },
}
