import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { linkMedia } from '#contracts/media.ts'
import type { MediaFile } from '#contracts/schemas/media.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Button } from '@/ui/button.tsx'
import { CopyButton } from '@/ui/code-block.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Field, Input } from '@/ui/field.tsx'
import { Time } from '@/ui/time.tsx'
import { Segmented } from '@/ui/toggle.tsx'

const HOUR = 3600
const TIMES = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR } as const

/** A link that opens the file for whoever has it, for a time. */
export function ShareDialog({ file, onClose }: { file: MediaFile; onClose: () => void }) {
  const { t } = useTranslation('library')
  const [time, setTime] = useState<keyof typeof TIMES>('day')
  const make = useAct({
    act: () => callApi(linkMedia, { params: { id: file.file_id }, body: { expires_in: TIMES[time] } }),
  })
  const link = make.data && location.origin + make.data.url
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('share.title')}
      description={file.file_name}
      footer={
        link ? (
          <Button kind="primary" onClick={onClose}>
            {t('share.done')}
          </Button>
        ) : (
          <Button kind="primary" icon="link" busy={make.isPending} onClick={() => make.mutate()}>
            {t('share.make')}
          </Button>
        )
      }
    >
      <p className="mb-3">{t('share.what')}</p>
      {make.data && link ? (
        <>
          <div className="flex items-end gap-2">
            <Field label={t('share.link')} className="flex-1">
              <Input readOnly value={link} onFocus={(event) => event.target.select()} />
            </Field>
            <CopyButton text={link} label={t('share.copy')} />
          </div>
          <p className="mt-2 text-12 text-ink-3">
            {t('share.until')} <Time value={make.data.expires_at} style="datetime" />
          </p>
        </>
      ) : (
        <Segmented
          label={t('share.time.label')}
          value={time}
          onValue={setTime}
          options={(Object.keys(TIMES) as (keyof typeof TIMES)[]).map((value) => ({
            value,
            label: t(`share.time.${value}`),
          }))}
          className="w-full"
        />
      )}
    </Dialog>
  )
}
