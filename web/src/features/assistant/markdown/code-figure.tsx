import { type ReactElement, type ReactNode, isValidElement } from 'react'
import { CopyButton } from '@/ui/code-block.tsx'
import { Formula } from './formula.tsx'

/** A block of an answer: a formula; or code with its language, a button to copy it, and colours where its language is known. */
export function CodeFigure({ children }: { children?: ReactNode }) {
  const code = isValidElement(children)
    ? (children as ReactElement<{ className?: string; children?: ReactNode }>)
    : null
  if (code?.props.className?.includes('math-display')) return <Formula source={textOf(children)} isDisplay />
  const language = /language-([\w+#.-]+)/.exec(code?.props.className ?? '')?.[1] ?? ''
  return (
    <figure className="overflow-hidden rounded-10 border border-line bg-sunken">
      <figcaption className="flex min-h-9 items-center justify-between border-b border-line pl-3 pr-1 text-12 text-ink-3">
        {language}
        <CopyButton text={textOf(children).replace(/\n$/, '')} className="h-7! w-7! touch:h-11! touch:w-11!" />
      </figcaption>
      <pre className="overflow-x-auto p-3 font-mono text-12 [overflow-wrap:normal]" tabIndex={0}>
        {children}
      </pre>
    </figure>
  )
}

/** The words in what React draws. */
export function textOf(node: ReactNode): string {
  if (typeof node === 'string' || typeof node === 'number') return String(node)
  if (Array.isArray(node)) return node.map((each: ReactNode) => textOf(each)).join('')
  return isValidElement(node) ? textOf((node.props as { children?: ReactNode }).children) : ''
}
