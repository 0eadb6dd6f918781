import type { Mailer } from '#domains/identity/ports.ts'
import type { Channel } from '#domains/notify/channel.ts'

/** Sends notifications as mails. A mail server has no way to know a message again, so a crash may send one twice. */
export function createMailChannel({ mailer, rate }: { mailer: Mailer; rate: number }): Channel {
  return {
    service: 'email',
    limit: { max: 100_000, unit: 'utf16' },
    rate,
    concurrency: 2,
    send: async ({ recipient, title, text }) => {
      try {
        await mailer.send({
          to: recipient,
          subject: title.replace(/\s+/g, ' ').slice(0, 200),
          text: `${text}\n`,
          html: htmlOf(text),
        })
        return { kind: 'delivered' }
      } catch (error) {
        const { responseCode, message } = error as { responseCode?: number; message?: string }
        const detail = message ?? 'the mail was not taken'
        // 5xx: the server will not take this mail, ever (RFC 5321, section 4.2.1).
        return responseCode !== undefined && responseCode >= 500
          ? { kind: 'rejected', detail }
          : { kind: 'failed', detail }
      }
    },
    close: async () => mailer.close(),
  }
}

function htmlOf(text: string): string {
  const escaped = text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
  const linked = escaped.replace(/https?:\/\/[^\s<]+/g, (url) => `<a href="${url}">${url}</a>`)
  return `<p style="font-family:sans-serif;line-height:1.6">${linked.replaceAll('\n', '<br>')}</p>`
}
