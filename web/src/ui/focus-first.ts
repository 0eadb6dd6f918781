/** Gives the focus to what was opened: its first field, or, where a keyboard would cover half of a touch screen, itself. */
export function focusFirst(panel: HTMLElement): void {
  const field = panel.querySelector<HTMLElement>('input:not([type=hidden], [hidden], :disabled), select, textarea')
  ;(matchMedia('(pointer: coarse)').matches ? panel : (field ?? panel)).focus()
}
