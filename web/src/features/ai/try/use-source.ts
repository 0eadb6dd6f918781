import { useEffect, useState } from 'react'
import { type Peaks, readPeaks } from './peaks.ts'

/** Something a player can open, and how it looks. */
export interface Heard {
  readonly src: string | undefined
  /** Undefined while it is read, null where there is no picture of it. */
  readonly peaks: Peaks | null | undefined
}

/** A file of one's own, to be played from memory. */
export function useFileSource(file: Blob): Heard {
  const [made, setMade] = useState<{ of: Blob; src: string }>()
  useEffect(() => {
    const src = URL.createObjectURL(file)
    queueMicrotask(() => setMade({ of: file, src }))
    return () => URL.revokeObjectURL(src)
  }, [file])
  return { src: made?.of === file ? made.src : undefined, peaks: usePeaks(file, readFile) }
}

/** A file of the server's, by an address that needs no token. */
export function useUrlSource(url: string | undefined): Heard {
  return { src: url, peaks: usePeaks(url, readUrl) }
}

function usePeaks<Of>(of: Of | undefined, read: (of: Of, signal: AbortSignal) => Promise<Peaks | undefined>) {
  const [seen, setSeen] = useState<{ of: Of; peaks: Peaks | null }>()
  useEffect(() => {
    if (of === undefined) return
    const left = new AbortController()
    void read(of, left.signal)
      .catch(() => undefined)
      .then((peaks) => left.signal.aborted || setSeen({ of, peaks: peaks ?? null }))
    return () => left.abort()
  }, [of, read])
  return seen?.of === of ? seen?.peaks : undefined
}

const readFile = (file: Blob) => readPeaks(file)

async function readUrl(url: string, signal: AbortSignal): Promise<Peaks | undefined> {
  const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(120_000)]) })
  return answer.ok ? await readPeaks(await answer.blob()) : undefined
}
