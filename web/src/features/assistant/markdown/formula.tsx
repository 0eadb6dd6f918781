import { useLayoutEffect, useRef, useState } from 'react'

type Draw = (element: HTMLElement, source: string, isDisplay: boolean) => void

let loaded: Draw | undefined
const load = () => import('./formulas.ts').then((module) => (loaded = module.drawFormula))

/** A formula; its source until what draws formulas is there. */
export function Formula({ source, isDisplay }: { source: string; isDisplay: boolean }) {
  const place = useRef<HTMLSpanElement>(null)
  const [draw, setDraw] = useState<Draw | undefined>(() => loaded)
  useLayoutEffect(() => {
    if (!draw)
      load().then(
        (ready) => setDraw(() => ready),
        () => undefined,
      )
    else if (place.current) draw(place.current, source, isDisplay)
  }, [draw, source, isDisplay])
  const kind = isDisplay ? 'block' : undefined
  // Keyed apart: what is drawn into the second is not React's.
  return draw ? (
    <span key="drawn" ref={place} className={kind} />
  ) : (
    <code key="source" className={kind}>
      {source}
    </code>
  )
}
