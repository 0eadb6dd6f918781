import { cx } from './cx.ts'

const mac = typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.platform)
const names: Record<string, string> = mac
  ? { mod: '⌘', shift: '⇧', alt: '⌥', enter: '↵', escape: 'Esc', up: '↑', down: '↓' }
  : { mod: 'Ctrl', shift: 'Shift', alt: 'Alt', enter: 'Enter', escape: 'Esc', up: '↑', down: '↓' }

/** A shortcut as keys: `mod+k` held together, `g m` one after the other. */
export function Kbd({ keys, inverse }: { keys: string; inverse?: boolean }) {
  return (
    <span className="inline-flex items-center gap-1">
      {keys.split(' ').flatMap((chord) =>
        chord.split('+').map((key) => (
          <kbd
            key={chord + key}
            className={cx(
              'inline-flex h-5 min-w-5 items-center justify-center rounded-6 px-1 font-sans text-12 leading-none',
              inverse ? 'bg-canvas/20' : 'border border-line bg-sunken text-ink-2',
            )}
          >
            {names[key] ?? (key.length === 1 ? key.toUpperCase() : key)}
          </kbd>
        )),
      )}
    </span>
  )
}
