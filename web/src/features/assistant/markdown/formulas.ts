import 'katex/dist/katex.min.css'
import katex from 'katex'

/**
 * Draws a formula into an element. `trust` stays off: no links, images or HTML out of a formula; sizes and macros are
 * bounded. What cannot be read is shown as it was written.
 */
export function drawFormula(element: HTMLElement, source: string, isDisplay: boolean): void {
  try {
    // Element by element, so that no style attribute passes through a parser and the security policy may forbid them.
    const options = { displayMode: isDisplay, trust: false, maxSize: 20, maxExpand: 500, strict: 'ignore' } as const
    katex.render(source, element, options)
  } catch {
    element.textContent = source
  }
}
