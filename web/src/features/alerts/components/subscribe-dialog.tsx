import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createSubscription } from '#contracts/alerts.ts'
import { searchBoards } from '#contracts/board-alerts.ts'
import type { SubscriptionType } from '#contracts/schemas/alerts.ts'
import { callApi } from '@/lib/api.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Field, Input } from '@/ui/field.tsx'
import { toast } from '@/ui/toast.tsx'
import { Segmented } from '@/ui/toggle.tsx'
import { useForm } from '@/ui/use-form.ts'
import { useRested } from '@/ui/use-rested.ts'
import { keys } from '../api/keys.ts'
import { Preview } from './preview.tsx'

interface Props {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** A board to begin with. */
  board?: string
}

/** Asks what to watch, and shows what it would have matched while one types. */
export function SubscribeDialog({ open, onOpenChange, board: first = '' }: Props) {
  const { t } = useTranslation('alerts')
  const client = useQueryClient()
  const listId = useId()
  const [board, setBoard] = useState(first)
  const [type, setType] = useState<SubscriptionType>('keyword')
  const [value, setValue] = useState('')
  const prefix = useRested(board.trim())
  const known = useQuery({
    queryKey: [...keys.boards, 'search', prefix],
    queryFn: ({ signal }) => callApi(searchBoards, { query: { q: prefix } }, { signal }),
    enabled: open && prefix !== '',
  })
  const { busy, sentence, onSubmit } = useForm(async () => {
    const made = await callApi(createSubscription, {
      body: { board: board.trim(), sub_type: type, value: value.trim() },
    })
    toast(t('subscriptions.added', { board: made.board }), { tone: 'ok' })
    await Promise.all(
      [keys.subscriptions, keys.limits, keys.boards].map((queryKey) => client.invalidateQueries({ queryKey })),
    )
    setValue('')
    onOpenChange(false)
  })
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('subscriptions.add')}
      width="md"
      footer={
        <Button kind="primary" type="submit" form={`${listId}-form`} busy={busy}>
          {t('subscriptions.create')}
        </Button>
      }
    >
      <form id={`${listId}-form`} onSubmit={onSubmit} className="grid grid-cols-[minmax(0,1fr)] gap-4">
        {sentence && <Notice tone="danger">{sentence}</Notice>}
        <Field label={t('field.board')} hint={t('field.boardHint')} required>
          <Input
            value={board}
            list={listId}
            maxLength={32}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            placeholder="Gossiping"
            onChange={(event) => setBoard(event.target.value)}
          />
        </Field>
        <datalist id={listId}>
          {known.data?.boards.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </datalist>
        <Segmented
          label={t('field.type')}
          value={type}
          onValue={setType}
          options={(['keyword', 'author', 'pushsum'] as const).map((each) => ({
            value: each,
            label: t(`type.${each}`),
          }))}
        />
        <Field label={t(`field.${type}`)} hint={t(`field.${type}Hint`)} required>
          <Input
            value={value}
            maxLength={200}
            autoComplete="off"
            spellCheck={false}
            inputMode={type === 'pushsum' ? 'text' : undefined}
            onChange={(event) => setValue(event.target.value)}
          />
        </Field>
        <Preview board={board} type={type} value={value} />
      </form>
    </Dialog>
  )
}
