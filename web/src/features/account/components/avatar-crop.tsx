import { useQueryClient } from '@tanstack/react-query'
import { type PointerEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { uploadAvatar } from '#contracts/users.ts'
import { callApi } from '@/lib/api.ts'
import { accountKey } from '@/lib/account.ts'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Slider } from '@/ui/toggle.tsx'
import { toast } from '@/ui/toast.tsx'
import { useForm } from '@/ui/use-form.ts'

const side = 256
const sent = 512

interface Place {
  zoom: number
  /** The picture's middle from the frame's, in frame pixels. */
  x: number
  y: number
}

/** Keeps the picture covering the whole frame. */
function clamp(picture: ImageBitmap, { zoom, x, y }: Place): Place {
  const scale = (side / Math.min(picture.width, picture.height)) * zoom
  const spareX = Math.max(0, (picture.width * scale - side) / 2)
  const spareY = Math.max(0, (picture.height * scale - side) / 2)
  return { zoom, x: Math.min(spareX, Math.max(-spareX, x)), y: Math.min(spareY, Math.max(-spareY, y)) }
}

function draw(canvas: HTMLCanvasElement, picture: ImageBitmap, { zoom, x, y }: Place): void {
  const paint = canvas.getContext('2d')
  if (!paint) return
  const unit = canvas.width / side
  const scale = (side / Math.min(picture.width, picture.height)) * zoom * unit
  const width = picture.width * scale
  const height = picture.height * scale
  paint.imageSmoothingQuality = 'high'
  paint.clearRect(0, 0, canvas.width, canvas.height)
  paint.drawImage(
    picture,
    (canvas.width - width) / 2 + x * unit,
    (canvas.height - height) / 2 + y * unit,
    width,
    height,
  )
}

/** Moves and enlarges a picture in a round frame, and sends what is inside. */
export function AvatarCrop({ file, onClose }: { file: File; onClose: () => void }) {
  const { t } = useTranslation('account')
  const client = useQueryClient()
  const canvas = useRef<HTMLCanvasElement>(null)
  const grip = useRef<{ x: number; y: number; from: Place } | null>(null)
  const [picture, setPicture] = useState<ImageBitmap>()
  const [unreadable, setUnreadable] = useState(false)
  const [place, setPlace] = useState<Place>({ zoom: 1, x: 0, y: 0 })

  useEffect(() => {
    let made: ImageBitmap | undefined
    let gone = false
    createImageBitmap(file).then(
      (bitmap) => {
        made = bitmap
        if (gone) bitmap.close()
        else setPicture(bitmap)
      },
      () => setUnreadable(true),
    )
    return () => {
      gone = true
      made?.close()
    }
  }, [file])

  useEffect(() => {
    if (picture && canvas.current) draw(canvas.current, picture, place)
  }, [picture, place])

  const move = (to: Place) => picture && setPlace(clamp(picture, to))
  const onPointerMove = (event: PointerEvent) => {
    const held = grip.current
    if (held) move({ ...held.from, x: held.from.x + event.clientX - held.x, y: held.from.y + event.clientY - held.y })
  }

  const { busy, sentence, onSubmit } = useForm(async () => {
    if (!picture) return
    const large = document.createElement('canvas')
    large.width = sent
    large.height = sent
    draw(large, picture, place)
    const blob = await new Promise<Blob | null>((done) => large.toBlob(done, 'image/webp', 0.92))
    if (!blob) throw new Error('the picture could not be encoded')
    const form = new FormData()
    form.set('file', blob, 'avatar.webp')
    const { avatar_url } = await callApi(uploadAvatar, { body: { file: '' } }, { form, timeout: 60_000 })
    client.setQueryData(accountKey, (before: object | undefined) => before && { ...before, avatar_url })
    toast(t('avatar.saved'), { tone: 'ok' })
    onClose()
  })

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('avatar.crop')}
      description={t('avatar.cropHint')}
      footer={
        <>
          <Button onClick={onClose}>{t('avatar.cancel')}</Button>
          <Button kind="primary" busy={busy} disabled={!picture} onClick={onSubmit}>
            {t('avatar.use')}
          </Button>
        </>
      }
    >
      {(sentence || unreadable) && <Notice tone="danger">{unreadable ? t('avatar.unusable') : sentence}</Notice>}
      <div className="flex flex-col items-center gap-4 pt-2">
        <canvas
          ref={canvas}
          width={sent}
          height={sent}
          role="img"
          aria-label={t('avatar.preview')}
          className="size-64 cursor-grab touch-none rounded-full bg-pressed active:cursor-grabbing"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId)
            grip.current = { x: event.clientX, y: event.clientY, from: place }
          }}
          onPointerMove={onPointerMove}
          onPointerUp={() => (grip.current = null)}
          onPointerCancel={() => (grip.current = null)}
          onWheel={(event) =>
            move({ ...place, zoom: Math.min(4, Math.max(1, place.zoom * (event.deltaY < 0 ? 1.06 : 0.94))) })
          }
        />
        <Slider
          label={t('avatar.zoom')}
          value={Math.round(place.zoom * 100)}
          min={100}
          max={400}
          valueText={`${Math.round(place.zoom * 100)} %`}
          onValue={(value) => move({ ...place, zoom: value / 100 })}
          className="w-64"
        />
      </div>
    </Dialog>
  )
}
