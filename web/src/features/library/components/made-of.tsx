import { useTranslation } from 'react-i18next'
import type { MediaFile } from '#contracts/schemas/media.ts'
import { formatBytes, formatClock } from '@/lib/time.ts'
import { List, ListRow } from '@/ui/list.tsx'
import { Section } from '@/ui/page.tsx'
import { Time } from '@/ui/time.tsx'
import { useMadeOf } from '../api/queries.ts'
import { FilePicture } from './file-picture.tsx'

/** What was made of this file; nothing where there is none. */
export function MadeOf({ file }: { file: MediaFile }) {
  const { t, i18n } = useTranslation('library')
  const made = useMadeOf(file.file_id).data ?? []
  if (made.length === 0) return null
  return (
    <div className="mt-8">
      <Section title={t('file.madeOf')} id="made-of">
        <List label={t('file.madeOf')}>
          {made.map((one) => (
            <ListRow
              key={one.file_id}
              leading={<FilePicture file={one} small />}
              title={<span title={one.file_name}>{one.file_name}</span>}
              subtitle={
                <>
                  {formatBytes(one.size, i18n.language)} · <Time value={one.created_at} />
                </>
              }
              meta={one.duration !== undefined && <span className="tabular-nums">{formatClock(one.duration)}</span>}
              to={`/library/files/${one.file_id}`}
            />
          ))}
        </List>
      </Section>
    </div>
  )
}
