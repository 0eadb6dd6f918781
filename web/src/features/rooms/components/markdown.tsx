import { Fragment, type ReactNode } from 'react'
import { CodeBlock } from '@/ui/code-block.tsx'

// The Markdown people use in chats, as elements, so that no HTML of a message ever becomes HTML: bold, italic, struck
// through, code, links, quotes, lists. Everything else stays as it was written.

interface Props {
  text: string
  /** Logins written after an `@` that name somebody here, lower case. */
  logins: ReadonlySet<string>
}

/** A message's text. */
export function Markdown({ text, logins }: Props) {
  return (
    <div className="space-y-1 [overflow-wrap:anywhere]">
      {blocksOf(text).map((block, index) => renderBlock(block, index, logins))}
    </div>
  )
}

type Block =
  | { kind: 'code'; language: string; text: string }
  | { kind: 'quote' | 'text'; lines: string[] }
  | { kind: 'list'; ordered: boolean; start: number; lines: string[] }

const ITEM = /^\s{0,3}(?:([-*+])|(\d{1,9})[.)])\s+(.*)$/

function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const fence = /^```\s*([\w+#-]*)\s*$/.exec(line)
    if (fence) {
      const end = lines.findIndex((other, index) => index > at && /^```\s*$/.test(other))
      const until = end < 0 ? lines.length : end
      blocks.push({ kind: 'code', language: fence[1] ?? '', text: lines.slice(at + 1, until).join('\n') })
      at = until
      continue
    }
    const quoted = /^>\s?(.*)$/.exec(line)?.[1]
    const item = ITEM.exec(line)
    const last = blocks.at(-1)
    if (quoted !== undefined) {
      if (last?.kind === 'quote') last.lines.push(quoted)
      else blocks.push({ kind: 'quote', lines: [quoted] })
    } else if (item) {
      const ordered = item[2] !== undefined
      if (last?.kind === 'list' && last.ordered === ordered) last.lines.push(item[3] ?? '')
      else blocks.push({ kind: 'list', ordered, start: Number(item[2] ?? 1), lines: [item[3] ?? ''] })
    } else if (last?.kind === 'text') last.lines.push(line)
    else blocks.push({ kind: 'text', lines: [line] })
  }
  return blocks
}

function renderBlock(block: Block, key: number, logins: ReadonlySet<string>): ReactNode {
  if (block.kind === 'code') return <CodeBlock key={key} code={block.text} language={block.language} />
  if (block.kind === 'list') {
    const items = block.lines.map((line, index) => <li key={index}>{inline(line, logins)}</li>)
    return block.ordered ? (
      <ol key={key} start={block.start} className="list-decimal space-y-0.5 pl-6">
        {items}
      </ol>
    ) : (
      <ul key={key} className="list-disc space-y-0.5 pl-6">
        {items}
      </ul>
    )
  }
  const lines = block.lines.map((line, index) => (
    <Fragment key={index}>
      {index > 0 && <br />}
      {inline(line, logins)}
    </Fragment>
  ))
  if (block.kind === 'quote') {
    return (
      <blockquote key={key} className="border-l-2 border-line-control pl-3 text-ink-2">
        {lines}
      </blockquote>
    )
  }
  return <p key={key}>{lines}</p>
}

// In the order they are tried at each place; what is inside of code and links is left alone.
const INLINE =
  /`([^`\n]+)`|\[([^\]\n]{1,300})\]\((https?:\/\/[^\s)]{1,2000})\)|(https?:\/\/[^\s<>"'）」』，。！？]{1,2000})|\*\*(?=\S)(.+?\S|\S)\*\*|~~(?=\S)(.+?\S|\S)~~|(?<![\w*])[*_](?=\S)([^*_\n]*?[^\s*_])[*_](?![\w*])|(?<![\p{L}\p{N}_@.])@([\p{L}\p{N}_][\p{L}\p{N}\p{M}._+-]{0,49})/gu

function inline(text: string, logins: ReadonlySet<string>): ReactNode[] {
  const parts: ReactNode[] = []
  let done = 0
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, label, target, url, bold, struck, italic, login] = match
    const key = match.index
    const node = ((): ReactNode => {
      if (code !== undefined)
        return <code className="rounded-[4px] bg-pressed px-1 py-0.5 font-mono text-[0.9em]">{code}</code>
      if (label !== undefined && target !== undefined) return <Anchor url={target}>{inline(label, NOBODY)}</Anchor>
      if (url !== undefined) return linkTo(url)
      if (bold !== undefined) return <strong className="font-semibold">{inline(bold, logins)}</strong>
      if (struck !== undefined) return <del>{inline(struck, logins)}</del>
      if (italic !== undefined) return <em>{inline(italic, logins)}</em>
      return mention(login ?? '', logins)
    })()
    parts.push(text.slice(done, key), <Fragment key={key}>{node}</Fragment>)
    done = key + whole.length
  }
  parts.push(text.slice(done))
  return parts
}
const NOBODY: ReadonlySet<string> = new Set()

function linkTo(written: string): ReactNode {
  // A full stop or bracket at the end belongs to the sentence.
  const url = written.replace(/[.,;:!?)\]]+$/, '')
  return (
    <>
      <Anchor url={url}>{url}</Anchor>
      {written.slice(url.length)}
    </>
  )
}

function Anchor({ url, children }: { url: string; children: ReactNode }) {
  return (
    <a href={url} target="_blank" rel="noreferrer noopener" className="text-accent-ink underline underline-offset-2">
      {children}
    </a>
  )
}

function mention(written: string, logins: ReadonlySet<string>): ReactNode {
  const login = written.replace(/[.+-]+$/, '')
  if (!logins.has(login.toLowerCase())) return `@${written}`
  return (
    <>
      <span className="rounded-[4px] bg-accent-soft px-0.5 font-medium text-accent-ink">@{login}</span>
      {written.slice(login.length)}
    </>
  )
}
