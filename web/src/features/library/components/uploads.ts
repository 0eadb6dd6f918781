import { useCallback, useEffect, useRef, useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { describeError } from '@/lib/describe-error.ts'
import { libraryKey } from '../api/queries.ts'
import { uploadFile } from '../api/upload.ts'

/** A file on its way up, or one that did not get there. */
export interface Upload {
  readonly id: number
  readonly name: string
  readonly type: string
  /** 0 to 100; null before anything went. */
  readonly progress: number | null
  readonly error?: string
  readonly cancel: () => void
}

/** Sends files one after the other; what fails stays to be read, what arrives goes into the list. */
export function useUploads(): { uploads: readonly Upload[]; add: (files: Iterable<File>) => void } {
  const { t } = useTranslation('common')
  const client = useQueryClient()
  const [uploads, setUploads] = useState<readonly Upload[]>([])
  const last = useRef(0)
  const line = useRef<Promise<void>>(Promise.resolve())
  const left = useRef(new AbortController())
  useEffect(() => {
    left.current = new AbortController()
    return () => left.current.abort()
  }, [])

  const add = useCallback(
    (files: Iterable<File>) => {
      for (const file of files) {
        const id = ++last.current
        const own = new AbortController()
        const drop = () => setUploads((all) => all.filter((one) => one.id !== id))
        const cancel = () => {
          own.abort()
          drop()
        }
        const change = (more: Partial<Upload>) =>
          setUploads((all) => all.map((one) => (one.id === id ? { ...one, ...more } : one)))
        setUploads((all) => [...all, { id, name: file.name, type: file.type, progress: null, cancel }])
        const signal = AbortSignal.any([own.signal, left.current.signal])
        line.current = line.current.then(async () => {
          if (signal.aborted) return
          try {
            await uploadFile(file, (progress) => change({ progress }), signal)
            drop()
            await client.invalidateQueries({ queryKey: libraryKey })
          } catch (error) {
            if (!signal.aborted) change({ error: describeError(error, t).sentence })
          }
        })
      }
    },
    [client, t],
  )
  return { uploads, add }
}
