import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChatMessage } from '#contracts/schemas/assistant.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button, IconButton } from '@/ui/button.tsx'
import { CopyButton } from '@/ui/code-block.tsx'
import { cx } from '@/ui/cx.ts'
import { AnswerText } from './answer-text.tsx'
import { BranchSwitcher } from './branch-switcher.tsx'
import { EditBox } from './edit-box.tsx'

/** What can be done with a message. */
export interface MessageActs {
  edit: (id: number, text: string) => void
  regenerate: (id: number) => void
  remove: (message: ChatMessage) => void
  show: (id: number) => void
}

interface Props {
  message: ChatMessage
  isLast: boolean
  /** An answer is being written: nothing else can be changed meanwhile. */
  isBusy: boolean
  isEditing: boolean
  setEditing: (id: number | null) => void
  acts: MessageActs
}

/** One message: what one said, or the answer with how it ended. */
export const MessageView = memo(function MessageView(props: Props) {
  const { message } = props
  return message.role === 'user' ? <Question {...props} /> : <Answer {...props} />
})

const quiet = 'opacity-0 transition-opacity group-hover:opacity-100 group-focus-within:opacity-100 touch:opacity-100'

function Question({ message, isBusy, isEditing, setEditing, acts }: Props) {
  const { t } = useTranslation('assistant')
  if (isEditing) {
    return (
      <EditBox
        text={message.content}
        onCancel={() => setEditing(null)}
        onSend={(text) => {
          setEditing(null)
          acts.edit(message.id, text)
        }}
      />
    )
  }
  return (
    <article className="group flex flex-col items-end">
      <h2 className="sr-only">{t('message.you')}</h2>
      <Said text={message.content} />
      <div className="mt-1 flex min-h-7 items-center">
        <span className={cx('flex', quiet)}>
          <CopyButton text={message.content} label={t('message.copy')} className={small} />
          <IconButton
            icon="pencil"
            iconSize={16}
            label={t('message.edit')}
            disabled={isBusy}
            className={small}
            onClick={() => setEditing(message.id)}
          />
          <Remove message={message} isBusy={isBusy} acts={acts} />
        </span>
        <BranchSwitcher id={message.id} branches={message.branches} disabled={isBusy} onShow={acts.show} />
      </div>
    </article>
  )
}

/** What one said, as it was typed; a long one can be unfolded. */
export function Said({ text }: { text: string }) {
  const { t } = useTranslation('assistant')
  const [isWhole, setWhole] = useState(false)
  const isLong = text.length > 1_500 || text.split('\n').length > 16
  return (
    <div className="max-w-[85%] rounded-10 bg-pressed px-4 py-2.5 text-16 md:text-14" dir="auto">
      <p className={cx('whitespace-pre-wrap', isLong && !isWhole && 'line-clamp-12')}>{text}</p>
      {isLong && (
        <button
          type="button"
          className="mt-1 text-12 font-medium text-accent-ink touch:min-h-11"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          {t(isWhole ? 'message.less' : 'message.more')}
        </button>
      )}
    </div>
  )
}

function Answer({ message, isLast, isBusy, acts }: Props) {
  const { t } = useTranslation('assistant')
  const isWriting = message.status === 'streaming'
  return (
    <article className="group" aria-busy={isWriting}>
      <h2 className="sr-only">{t('message.assistant')}</h2>
      <div className="text-16 md:text-14" dir="auto">
        {message.content !== '' && <AnswerText text={message.content} />}
        {isWriting && message.content === '' && <Thinking />}
      </div>
      <Ending message={message} isBusy={isBusy} acts={acts} />
      <div className="mt-1 flex min-h-7 items-center">
        {!isWriting && (
          <>
            <BranchSwitcher id={message.id} branches={message.branches} disabled={isBusy} onShow={acts.show} />
            <span className={cx('-ml-1 flex items-center', !isLast && quiet)}>
              {message.content !== '' && (
                <CopyButton text={message.content} label={t('message.copy')} className={small} />
              )}
              <IconButton
                icon="refresh-cw"
                iconSize={16}
                label={t('message.regenerate')}
                disabled={isBusy}
                className={small}
                onClick={() => acts.regenerate(message.id)}
              />
              <Remove message={message} isBusy={isBusy} acts={acts} />
              <span className="ml-2 truncate text-12 text-ink-3">
                {[message.model, message.tokens === null ? '' : t('message.tokens', { count: message.tokens })]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </span>
          </>
        )}
      </div>
    </article>
  )
}

const small = 'h-7! w-7! touch:h-11! touch:w-11!'

function Remove({ message, isBusy, acts }: Pick<Props, 'message' | 'isBusy' | 'acts'>) {
  const { t } = useTranslation('assistant')
  return (
    <IconButton
      icon="trash-2"
      iconSize={16}
      label={t('message.delete')}
      disabled={isBusy}
      className={small}
      onClick={() => acts.remove(message)}
    />
  )
}

/** How an answer ended, where it did not end well, and what to do about it. */
function Ending({ message, isBusy, acts }: Pick<Props, 'message' | 'isBusy' | 'acts'>) {
  const { t } = useTranslation('assistant')
  const { status } = message
  if (status === 'stopped') return <p className="mt-2 text-12 text-ink-3">{t('ending.stopped')}</p>
  if (status !== 'failed' && status !== 'interrupted') return null
  const reason = status === 'failed' ? (message.error ?? '').replace('assistant.', '') : 'interrupted'
  return (
    <div className={message.content === '' ? '' : 'mt-3'}>
      <Notice tone={status === 'failed' ? 'danger' : 'warn'}>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <span className="min-w-52 flex-1">
            {t(`ending.${reason}`, { defaultValue: t('ending.provider-failed') })}
            {message.content !== '' && <span className="block">{t('ending.kept')}</span>}
          </span>
          <Button size="sm" icon="refresh-cw" disabled={isBusy} onClick={() => acts.regenerate(message.id)}>
            {t('ending.again')}
          </Button>
        </div>
      </Notice>
    </div>
  )
}

/** The moment before the first word. */
export function Thinking() {
  const { t } = useTranslation('assistant')
  return (
    <p className="flex h-[1.6em] items-center gap-1" role="status">
      <span className="sr-only">{t('message.thinking')}</span>
      <span className="size-2 animate-pulse rounded-full bg-ink-3" />
    </p>
  )
}
