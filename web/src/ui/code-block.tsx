import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from './button.tsx'

/** Code or a secret in a box of its own, with a copy button. */
export function CodeBlock({ code, language }: { code: string; language?: string }) {
  return (
    <figure className="group relative overflow-hidden rounded-10 border border-line bg-sunken">
      {language && <figcaption className="border-b border-line px-3 py-1 text-12 text-ink-3">{language}</figcaption>}
      <pre className="overflow-x-auto p-3 pr-12 font-mono text-12" tabIndex={0}>
        <code>{code}</code>
      </pre>
      <CopyButton text={code} className="absolute right-1 top-1" />
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
