import { splitLinks } from '@/lib/split-links.ts'

/** What somebody wrote, its web addresses as links; they stand above a row that is a button as a whole. */
export function LinkedText({ text }: { text: string }) {
  return splitLinks(text).map((part, index) =>
    part.href ? (
      <a
        key={index}
        href={part.href}
        target="_blank"
        rel="noreferrer"
        className="relative z-1 text-accent-ink underline underline-offset-2"
      >
        {part.text}
      </a>
    ) : (
      part.text
    ),
  )
}
