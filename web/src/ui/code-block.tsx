import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from './button.tsx'

/** Code or a secret in a box of its own, with a copy button. */
export function CodeBlock({ code, language }: { code: string; language?: string | undefined }) {
  return (
    <figure className="overflow-hidden rounded-10 border border-line bg-sunken">
      <figcaption className="flex min-h-9 items-center justify-between border-b border-line pl-3 pr-1 text-12 text-ink-3">
        {language}
        <CopyButton text={code} />
      </figcaption>
      <pre className="overflow-x-auto p-3 font-mono text-12" tabIndex={0}>
        <code>{code}</code>
      </pre>
    </figure>
  )
}

/** Puts a text on the clipboard and says so. */
export function CopyButton({ text, className, label }: { text: string; className?: string; label?: string }) {
  const { t } = useTranslation('common')
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 1500)
  }
  return (
    <>
      <IconButton
        icon={copied ? 'check' : 'copy'}
        label={copied ? t('copied') : (label ?? t('copy'))}
        className={className}
        onClick={() => void copy()}
        iconSize={16}
      />
      <span role="status" className="sr-only">
        {copied ? t('copied') : ''}
      </span>
    </>
  )
}
