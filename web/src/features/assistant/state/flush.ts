/** At most this often is an answer that is coming in drawn again; more is work that no eye sees. */
const EVERY_MS = 33

/** Draws at most every 33 ms, and not at all while the page is hidden. */
export function createFlush(draw: () => void): { soon: () => void; now: () => void; cancel: () => void } {
  let frame: number | undefined
  let last = 0
  const run = (): void => {
    if (performance.now() - last < EVERY_MS) {
      frame = requestAnimationFrame(run)
      return
    }
    frame = undefined
    last = performance.now()
    draw()
  }
  const cancel = (): void => {
    if (frame !== undefined) cancelAnimationFrame(frame)
    frame = undefined
  }
  return {
    soon: () => {
      frame ??= requestAnimationFrame(run)
    },
    now: () => {
      if (frame === undefined) return
      cancel()
      draw()
    },
    cancel,
  }
}
