import { type DragEvent, type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '@/ui/icons.tsx'

/** Takes files that are dropped on it, and says so while they hang over it. */
export function DropArea({ onFiles, children }: { onFiles: (files: readonly File[]) => void; children: ReactNode }) {
  const { t } = useTranslation('rooms')
  const [isOver, setOver] = useState(false)
  /** Entering a child is told before leaving its parent. */
  const depth = useRef(0)
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files')
  const move = (event: DragEvent, by: number): void => {
    if (!hasFiles(event)) return
    event.preventDefault()
    depth.current = Math.max(0, depth.current + by)
    setOver(depth.current > 0)
  }
  return (
    <div
      className="relative flex min-h-0 flex-1 flex-col"
      onDragEnter={(event) => move(event, 1)}
      onDragLeave={(event) => move(event, -1)}
      onDragOver={(event) => move(event, 0)}
      onDrop={(event) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        depth.current = 0
        setOver(false)
        onFiles([...event.dataTransfer.files])
      }}
    >
      {children}
      {isOver && (
        <div className="pointer-events-none absolute inset-2 z-10 grid place-items-center rounded-10 border-2 border-dashed border-accent-ink bg-canvas/90 text-accent-ink">
          <p className="flex items-center gap-2 font-medium">
            <Icon name="paperclip" size={18} />
            {t('files.drop')}
          </p>
        </div>
      )}
    </div>
  )
}
