import { Suspense, lazy } from 'react'

const load = () => import('../markdown/markdown.tsx')
const Markdown = lazy(() => load().then((module) => ({ default: module.Markdown })))

/** Fetches what draws answers before there is one. */
export function prepareAnswers(): void {
  load().catch(() => undefined)
}

/** An answer's text; plain until its Markdown can be drawn. */
export function AnswerText({ text }: { text: string }) {
  return (
    <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
      <Markdown text={text} />
    </Suspense>
  )
}
