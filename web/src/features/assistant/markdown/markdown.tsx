import './markdown.css'
import { type ComponentProps, type ReactNode, memo } from 'react'
import { useTranslation } from 'react-i18next'
import ReactMarkdown, { type Components, type Options } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import remarkMath from 'remark-math'
import { Icon } from '@/ui/icons.tsx'
import { blocksOf } from './blocks.ts'
import { CodeFigure, textOf } from './code-figure.tsx'
import { Formula } from './formula.tsx'
import { usePlugins } from './plugins.ts'
import { safeUrl } from './safe-url.ts'
import { tidySource } from './source.ts'

const remarkPlugins: NonNullable<Options['remarkPlugins']> = [
  [remarkGfm, { singleTilde: false }],
  [remarkMath, { singleDollarTextMath: false }],
]

/** An answer's text. HTML in it is shown as it was written; nothing in it is loaded from elsewhere. */
export function Markdown({ text }: { text: string }) {
  const tidied = tidySource(text)
  return (
    <div className="answer">
      {blocksOf(tidied).map((block, index) => (
        <Block key={index} text={block} />
      ))}
    </div>
  )
}

const Block = memo(function Block({ text }: { text: string }) {
  const plugins = usePlugins(/```|~~~/.test(text))
  return (
    <div>
      <ReactMarkdown
        remarkPlugins={remarkPlugins}
        rehypePlugins={plugins}
        components={components}
        urlTransform={(url) => safeUrl(url) ?? ''}
      >
        {text}
      </ReactMarkdown>
    </div>
  )
})

/** Headings of an answer stand under the message's own, whatever their depth. */
function heading(size: string) {
  return function Heading({ children }: { children?: ReactNode }) {
    return <h3 className={`font-semibold ${size}`}>{children}</h3>
  }
}

const components: Components = {
  h1: heading('text-20'),
  h2: heading('text-16'),
  h3: heading('text-16'),
  h4: heading(''),
  h5: heading(''),
  h6: heading(''),
  a: Anchor,
  img: Picture,
  pre: CodeFigure,
  code: Code,
  table: ({ children }) => (
    // Focusable, so that a wide one can be scrolled by the keyboard.
    <div className="overflow-x-auto" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
  // The box of a task; said as text, for nobody can tick it.
  input: ({ checked }: ComponentProps<'input'>) => <span>{checked ? '☑ ' : '☐ '}</span>,
}

function Code({ className, children }: { className?: string | undefined; children?: ReactNode }) {
  if (className?.includes('math-inline')) return <Formula source={textOf(children)} isDisplay={false} />
  return <code className={className}>{children}</code>
}

function Anchor({ href, children }: { href?: string | undefined; children?: ReactNode }) {
  const url = safeUrl(href)
  if (url === undefined) return <span>{children}</span>
  return (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow" referrerPolicy="no-referrer">
      {children}
    </a>
  )
}

/** A picture is a link to it: loading it would tell a stranger that, and when, the answer is read. */
function Picture({ src, alt }: { src?: string | Blob | undefined; alt?: string | undefined }) {
  const { t } = useTranslation('assistant')
  const url = typeof src === 'string' ? safeUrl(src) : undefined
  const name = alt || t('message.picture')
  return (
    <span>
      <Icon name="image" size={14} className="mr-1 inline align-[-2px] text-ink-3" />
      <Anchor href={url}>{name}</Anchor>
    </span>
  )
}
