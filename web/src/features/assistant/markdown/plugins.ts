import { useSyncExternalStore } from 'react'
import type { Options } from 'react-markdown'

// The colours of code are fetched when an answer first has some.

type Plugins = NonNullable<Options['rehypePlugins']>

const none: Plugins = []
let colours: Plugins = none
let isAsked = false
const listeners = new Set<() => void>()

function ask(): void {
  if (isAsked) return
  isAsked = true
  import('./code-colours.ts').then(
    ({ plugins }) => {
      colours = plugins
      for (const listener of listeners) listener()
    },
    // Without them code is plain; the next answer asks again.
    () => (isAsked = false),
  )
}

const subscribe = (listener: () => void) => {
  ask()
  listeners.add(listener)
  return () => listeners.delete(listener)
}
const idle = () => () => undefined

/** What an answer needs beyond plain Markdown, as far as it is there. */
export function usePlugins(hasCode: boolean): Plugins {
  return useSyncExternalStore(hasCode ? subscribe : idle, () => (hasCode ? colours : none))
}
