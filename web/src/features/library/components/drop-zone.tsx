import { type DragEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '@/ui/icons.tsx'

/** Takes files that are dropped anywhere on it. */
export function DropZone({ onFiles, children }: { onFiles: (files: FileList) => void; children: ReactNode }) {
  const { t } = useTranslation('library')
  const [over, setOver] = useState(false)
  const carriesFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files')
  return (
    <div
      className="relative h-full"
      onDragOver={(event) => {
        if (!carriesFiles(event)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        // Going from one thing within to another is not leaving.
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      }}
      onDrop={(event) => {
        if (!carriesFiles(event)) return
        event.preventDefault()
        setOver(false)
        onFiles(event.dataTransfer.files)
      }}
    >
      {children}
      {over && (
        <div className="pointer-events-none absolute inset-2 z-20 grid animate-fade-in place-items-center rounded-10 border-2 border-dashed border-accent bg-accent-soft/95 text-accent-ink">
          <p className="flex flex-col items-center gap-2 text-16 font-semibold">
            <Icon name="upload" size={28} />
            {t('drop')}
          </p>
        </div>
      )}
    </div>
  )
}
