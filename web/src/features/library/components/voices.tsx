import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '@/app/query.ts'
import { Avatar } from '@/ui/avatar.tsx'
import { IconButton } from '@/ui/button.tsx'
import { Section } from '@/ui/page.tsx'
import { Player } from '@/ui/player.tsx'
import { downloadFile, useLink } from '../api/queries.ts'
import type { RecordingDetails } from '../api/recordings.ts'

interface Voice {
  fileId: string
  userId: number
  name: string
  source: string
}

/** Each person's sound as a file of its own. */
export function Voices({ tracks }: { tracks: RecordingDetails['tracks'] }) {
  const { t } = useTranslation('library')
  const voices = tracks.flatMap(({ file_id: fileId, user_id: userId, user_name: name, kind, source }) =>
    kind === 'audio' && fileId !== null ? [{ fileId, userId, name, source }] : [],
  )
  if (voices.length === 0) return null
  return (
    <Section title={t('voices.title')} description={t('voices.what')} id="voices">
      <ul className="rounded-10 border border-line bg-canvas dark:bg-raised">
        {voices.map((voice, index) => (
          <li key={voice.fileId} className="border-line not-last:border-b">
            <Row voice={voice} part={voices.slice(0, index + 1).filter((one) => one.userId === voice.userId).length} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Row({ voice, part }: { voice: Voice; part: number }) {
  const { t } = useTranslation('library')
  const [open, setOpen] = useState(false)
  const link = useLink(open ? voice.fileId : null).data
  const download = useAct({ act: () => downloadFile(voice.fileId) })
  const name = part > 1 ? t('voices.part', { name: voice.name, part }) : voice.name
  return (
    <div className="px-3 py-2 md:px-4">
      <div className="flex items-center gap-3">
        <Avatar id={voice.userId} name={voice.name} />
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">{name}</p>
          <p className="text-12 text-ink-3">
            {t(voice.source === 'microphone' ? 'voices.microphone' : 'voices.screen')}
          </p>
        </div>
        <IconButton
          icon={open ? 'chevron-up' : 'play'}
          label={t(open ? 'voices.close' : 'voices.play', { name })}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        />
        <IconButton
          icon="download"
          label={t('voices.download', { name })}
          busy={download.isPending}
          onClick={() => download.mutate()}
        />
      </div>
      {open && link && (
        <div className="pb-1 pt-2">
          <Player src={link.url} kind="audio" title={name} />
        </div>
      )}
    </div>
  )
}
