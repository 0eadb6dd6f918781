/** What plays a live stream in a video element; ended with `close`. */
export interface LiveVideo {
  close: () => void
}

interface LiveEvents {
  /** It cannot be played here, or broke for good. */
  onBroken: () => void
}

const HLS = 'application/vnd.apple.mpegurl'
const RETRY_MS = 2_000

/** Begins to play a stream: Safari does it by itself, everywhere else a library does, fetched only now. */
export async function playLive(video: HTMLVideoElement, url: string, { onBroken }: LiveEvents): Promise<LiveVideo> {
  if (navigator.vendor.startsWith('Apple') && video.canPlayType(HLS) !== '') {
    video.src = url
    video.addEventListener('error', onBroken)
    return {
      close: () => {
        video.removeEventListener('error', onBroken)
        video.removeAttribute('src')
        video.load()
      },
    }
  }
  const { default: Hls } = await import('hls.js/light')
  if (!Hls.isSupported()) {
    onBroken()
    return { close: () => undefined }
  }
  const hls = new Hls({ liveSyncDurationCount: 2, backBufferLength: 60 })
  let retry: ReturnType<typeof setTimeout> | undefined
  hls.on(Hls.Events.ERROR, (_event, { fatal, type }) => {
    if (!fatal) return
    if (type === Hls.ErrorTypes.MEDIA_ERROR) return hls.recoverMediaError()
    if (type !== Hls.ErrorTypes.NETWORK_ERROR) return onBroken()
    // The line or the server is gone for a while; the page says when the stream is over.
    clearTimeout(retry)
    retry = setTimeout(() => hls.loadSource(url), RETRY_MS)
  })
  hls.loadSource(url)
  hls.attachMedia(video)
  return {
    close: () => {
      clearTimeout(retry)
      hls.destroy()
    },
  }
}
