import { area, optionalText, text } from '#kernel/settings.ts'

/** Outgoing e-mail. */
export const mail = area('E-mail', {
  smtpUrl: optionalText({
    env: 'CONFAB_SMTP_URL',
    secret: true,
    shownDefault: 'unset: mails go to the log and to `data/outbox`',
    about: 'Mail server, e.g. `smtps://user:password@smtp.example.com`.',
  }),
  from: text({ env: 'CONFAB_MAIL_FROM', default: 'Confab <confab@localhost>', about: 'Sender of our mails.' }),
})
