import { useEffect, useRef, useState } from 'react'
import type { AnyRoute, ResultOf } from '#contracts/route.ts'
import { sendForm } from '../api/send-form.ts'

/** How a try stands. */
export interface Try<Result> {
  readonly phase: 'idle' | 'busy' | 'done' | 'failed'
  /** 0 to 100 while the file goes up. */
  readonly sent: number
  readonly result: Result | undefined
  readonly error: unknown
}

const IDLE = { phase: 'idle', sent: 0, result: undefined, error: undefined } as const

/** Sends a form to one of the routes that make something of sound or film, and can be given up. */
export function useTry<R extends AnyRoute>(route: R) {
  const [state, setState] = useState<Try<ResultOf<R>>>(IDLE)
  const own = useRef<AbortController>(null)
  useEffect(() => () => own.current?.abort(), [])
  const run = (fields: Readonly<Record<string, string | File>>) => {
    own.current?.abort()
    const abort = new AbortController()
    own.current = abort
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) if (value !== '') form.set(name, value)
    setState({ ...IDLE, phase: 'busy' })
    const onProgress = (sent: number) => setState((before) => (before.phase === 'busy' ? { ...before, sent } : before))
    sendForm(route, form, { onProgress, signal: abort.signal }).then(
      (result) => setState({ ...IDLE, phase: 'done', result }),
      (error: unknown) => {
        if (!abort.signal.aborted) setState({ ...IDLE, phase: 'failed', error })
      },
    )
  }
  const cancel = () => {
    own.current?.abort()
    setState(IDLE)
  }
  return { ...state, run, cancel }
}
