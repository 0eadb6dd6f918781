import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ComposeLetter, Locale } from '#domains/identity/ports.ts'

/** One letter as it lies in `locales/<language>/mail.json`. */
interface LetterText {
  readonly subject: string
  readonly body: Readonly<Record<string, string>>
  /** The words on the button, in letters that have a link. */
  readonly button?: string
}

type Texts = Readonly<Record<string, LetterText>> & { readonly footer: LetterText }

const LOCALES_FOLDER = join(import.meta.dirname, '../../../locales')

/** Puts letters into words from the texts in `folder`, `{{name}}` replaced by the value of that name. */
export function createComposer(folder: string = LOCALES_FOLDER): ComposeLetter {
  const cache = new Map<Locale, Texts>()
  const textsOf = (locale: Locale): Texts => {
    const texts = cache.get(locale) ?? (JSON.parse(readFileSync(join(folder, locale, 'mail.json'), 'utf8')) as Texts)
    cache.set(locale, texts)
    return texts
  }
  return (kind, locale, values) => {
    const texts = textsOf(locale)
    const letter = texts[kind]
    if (letter === undefined) throw new Error(`there is no text for the letter ${kind} in ${locale}`)
    const body = linesOf(letter)
    const footer = linesOf(texts.footer)
    const link = 'link' in values ? values.link : undefined
    const text = [...body.map((line) => fill(line, values)), ...(link === undefined ? [] : [link]), '--', ...footer]
    return {
      subject: fill(letter.subject, values).replace(/\s+/g, ' '),
      text: text.join('\n\n') + '\n',
      html: page(locale, {
        body: body.map((line) => escapeHtml(fill(line, values))),
        button: link === undefined ? undefined : { link, text: letter.button ?? link },
        footer: footer.map(escapeHtml),
      }),
    }
  }
}

/** Objects and not lists in the file, so that the test of the languages sees every line. */
function linesOf(letter: LetterText): string[] {
  return Object.values(letter.body)
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')
}

function page(
  locale: Locale,
  parts: { body: string[]; button: { link: string; text: string } | undefined; footer: string[] },
): string {
  const style = {
    body: 'margin:0;padding:24px;background:#f4f5f7;color:#1c1e21;font:16px/1.6 system-ui,sans-serif',
    card: 'max-width:560px;margin:0 auto;padding:32px;background:#fff;border-radius:12px',
    button:
      'display:inline-block;padding:12px 20px;background:#1f5eff;color:#fff;border-radius:8px;text-decoration:none',
    small: 'color:#6b7280;font-size:13px',
  }
  const paragraphs = parts.body.map((line) => `<p>${line}</p>`).join('')
  const button =
    parts.button === undefined
      ? ''
      : `<p><a href="${escapeHtml(parts.button.link)}" style="${style.button}">${escapeHtml(parts.button.text)}</a></p>` +
        `<p style="${style.small};word-break:break-all">${escapeHtml(parts.button.link)}</p>`
  const footer = parts.footer.map((line) => `<p style="${style.small}">${line}</p>`).join('')
  return (
    `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"></head>` +
    `<body style="${style.body}"><div style="${style.card}">${paragraphs}${button}${footer}</div></body></html>`
  )
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`)
}
