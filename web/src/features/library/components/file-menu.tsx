import { useTranslation } from 'react-i18next'
import type { MediaFile } from '#contracts/schemas/media.ts'
import { useAct } from '@/app/query.ts'
import { IconButton } from '@/ui/button.tsx'
import { Menu, MenuItem, MenuSeparator } from '@/ui/menu.tsx'
import { downloadFile } from '../api/queries.ts'
import { conversionsOf } from '../state/conversion.ts'
import type { Asking } from './file-dialogs.tsx'

/** What can be done with one file. */
export function FileMenu({ file, onAsk }: { file: MediaFile; onAsk: (asking: Asking) => void }) {
  const { t } = useTranslation('library')
  const download = useAct({ act: () => downloadFile(file.file_id) })
  return (
    <Menu trigger={<IconButton icon="ellipsis-vertical" label={t('more', { name: file.file_name })} />}>
      <MenuItem icon="download" onSelect={() => download.mutate()}>
        {t('download')}
      </MenuItem>
      <MenuItem icon="link" onSelect={() => onAsk({ what: 'share', file })}>
        {t('share.open')}
      </MenuItem>
      {conversionsOf(file.file_type).length > 0 && (
        <MenuItem icon="wand-sparkles" onSelect={() => onAsk({ what: 'convert', file })}>
          {t('convert.open')}
        </MenuItem>
      )}
      {file.is_mine && (
        <>
          <MenuSeparator />
          <MenuItem icon="trash-2" danger onSelect={() => onAsk({ what: 'delete', files: [file] })}>
            {t('delete')}
          </MenuItem>
        </>
      )}
    </Menu>
  )
}
