import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MediaFile } from '#contracts/schemas/media.ts'
import { useAct } from '@/app/query.ts'
import { describeError } from '@/lib/describe-error.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Field, Select } from '@/ui/field.tsx'
import { toast } from '@/ui/toast.tsx'
import { jobsKey } from '../api/jobs.ts'
import { type ConversionType, type Draft, conversionsOf, convert, newDraft } from '../state/conversion.ts'
import { ProcessFields } from './process-fields.tsx'
import { SoundFields } from './sound-fields.tsx'
import { StillFields } from './still-fields.tsx'
import { TranscodeFields } from './transcode-fields.tsx'

/** What the fields of a conversion work on. */
export interface DraftProps {
  draft: Draft
  onDraft: (draft: Draft) => void
}

interface ConvertDialogProps {
  file: MediaFile
  onClose: () => void
  onDone: (() => void) | undefined
}

/** What is to be made of a file, with everything that can be said about it. */
export function ConvertDialog({ file, onClose, onDone }: ConvertDialogProps) {
  const { t } = useTranslation('library')
  const { t: common } = useTranslation('common')
  const navigate = useNavigate()
  const [draft, setDraft] = useState(() => newDraft(file.file_type, file.duration ?? 0))
  const act = useAct({
    act: () => convert(file.file_id, draft),
    invalidates: [jobsKey],
    quiet: true,
    onDone: () => {
      toast(t('convert.added'), {
        tone: 'ok',
        action: { label: t('convert.look'), run: () => void navigate({ to: '/library/jobs' }) },
      })
      onDone?.()
      onClose()
    },
  })
  const types = conversionsOf(file.file_type)
  const props = { draft, onDraft: setDraft }
  const nothing = draft.type === 'process' && draft.operations.length === 0
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('convert.title')}
      description={file.file_name}
      width="md"
      footer={
        <Button kind="primary" type="submit" form="conversion" busy={act.isPending} disabled={nothing}>
          {t(draft.type === 'process' ? 'convert.act' : `jobs.type.${draft.type}`)}
        </Button>
      }
    >
      <form
        id="conversion"
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          act.mutate()
        }}
      >
        {types.length > 1 && (
          <Field label={t('convert.what')} hint={t(`convert.hint.${draft.type}`)}>
            <Select
              value={draft.type}
              onValue={(value) => setDraft({ ...draft, type: value as ConversionType })}
              options={types.map((value) => ({ value, label: t(`jobs.type.${value}`) }))}
            />
          </Field>
        )}
        {draft.type === 'transcode' && <TranscodeFields {...props} />}
        {draft.type === 'extract_audio' && <SoundFields {...props} />}
        {draft.type === 'thumbnail' && <StillFields {...props} duration={file.duration ?? 0} />}
        {draft.type === 'process' && <ProcessFields {...props} />}
        {act.error !== null && act.error !== undefined && (
          <Notice tone="danger">{describeError(act.error, common).sentence}</Notice>
        )}
      </form>
    </Dialog>
  )
}
