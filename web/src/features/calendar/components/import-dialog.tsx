import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { importCalendar } from '#contracts/calendar.ts'
import type { ImportReport } from '#contracts/calendar.ts'
import { queryClient } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Field } from '@/ui/field.tsx'
import { Time } from '@/ui/time.tsx'
import { useForm } from '@/ui/use-form.ts'

const MOST_BYTES = 5 * 1_048_576

/** Brings an .ics file in, and tells what could not come. */
export function ImportDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation('calendar')
  const [file, setFile] = useState<File>()
  const [report, setReport] = useState<ImportReport>()
  const form = useForm(async () => {
    if (!file) return
    setReport(await callApi(importCalendar, { body: { ics: await file.text() } }, { timeout: 60_000 }))
    await queryClient.invalidateQueries({ queryKey: ['schedules'] })
  })
  const tooLarge = file !== undefined && file.size > MOST_BYTES
  const close = (isOpen: boolean): void => {
    onOpenChange(isOpen)
    if (isOpen) return
    setFile(undefined)
    setReport(undefined)
  }
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={t('import.title')}
      description={t('import.text')}
      footer={
        report ? (
          <Button kind="primary" onClick={() => close(false)}>
            {t('import.done')}
          </Button>
        ) : (
          <Button kind="primary" type="submit" form="import" busy={form.busy} disabled={!file || tooLarge}>
            {t('import.act')}
          </Button>
        )
      }
    >
      {report ? (
        <Report report={report} />
      ) : (
        <form id="import" onSubmit={form.onSubmit} className="space-y-3">
          <Field label={t('import.file')} error={tooLarge ? t('import.tooLarge') : undefined}>
            <input
              type="file"
              accept=".ics,text/calendar"
              onChange={(event) => setFile(event.target.files?.[0])}
              className="box p-2"
            />
          </Field>
          {form.sentence && <Notice tone="danger">{form.sentence}</Notice>}
        </form>
      )}
    </Dialog>
  )
}

function Report({ report }: { report: ImportReport }) {
  const { t } = useTranslation('calendar')
  return (
    <div className="space-y-3">
      <Notice tone={report.imported > 0 ? 'ok' : 'neutral'}>
        {t('import.imported', { count: report.imported })}
        {report.known > 0 && ` ${t('import.known', { count: report.known })}`}
      </Notice>
      {report.problems.length > 0 && (
        <section aria-labelledby="import-problems">
          <h3 id="import-problems" className="mb-1 font-medium">
            {t('import.problems', { count: report.problems.length })}
          </h3>
          <ul className="max-h-64 divide-y divide-line overflow-y-auto rounded-10 border border-line">
            {report.problems.map((problem, index) => (
              <li key={index} className="px-3 py-1.5">
                <bdi className="block truncate font-medium">
                  {problem.title || t('import.event', { number: problem.event })}
                </bdi>
                <span className="block text-12 text-ink-3">
                  {t(`import.reason.${problem.reason}`)}
                  {problem.start_at && (
                    <>
                      {' · '}
                      <Time value={problem.start_at} style="datetime" />
                    </>
                  )}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}
