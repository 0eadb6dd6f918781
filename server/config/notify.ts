import { area, choice, integer, optionalText, optionalUrl, url } from '#kernel/settings.ts'

const rate = (service: string, env: string, usual: number) =>
  integer({ env, default: usual, min: 1, max: 100_000, about: `Messages a second through ${service}, at most.` })

/** The messengers that notifications go out through. */
export const notify = area('Messengers', {
  telegramToken: optionalText({
    env: 'CONFAB_TELEGRAM_TOKEN',
    secret: true,
    about: 'Token of your Telegram bot, from @BotFather.',
  }),
  telegramApiUrl: url({
    env: 'CONFAB_TELEGRAM_API_URL',
    default: 'https://api.telegram.org',
    about: 'Telegram Bot API server.',
  }),
  telegramMode: choice({
    env: 'CONFAB_TELEGRAM_MODE',
    default: 'polling',
    of: ['polling', 'webhook'],
    about: 'How messages to the bot reach us. `webhook` needs CONFAB_PUBLIC_URL with https.',
  }),
  telegramRate: rate('Telegram', 'CONFAB_TELEGRAM_RATE', 25),
  lineToken: optionalText({
    env: 'CONFAB_LINE_TOKEN',
    secret: true,
    about: 'Channel access token of your LINE official account.',
  }),
  lineSecret: optionalText({
    env: 'CONFAB_LINE_SECRET',
    secret: true,
    about: 'Channel secret of your LINE official account, by which its webhooks are known.',
  }),
  lineApiUrl: url({ env: 'CONFAB_LINE_API_URL', default: 'https://api.line.me', about: 'LINE Messaging API server.' }),
  lineRate: rate('LINE', 'CONFAB_LINE_RATE', 100),
  discordToken: optionalText({ env: 'CONFAB_DISCORD_TOKEN', secret: true, about: 'Token of your Discord bot.' }),
  discordApplicationId: optionalText({
    env: 'CONFAB_DISCORD_APPLICATION_ID',
    about: 'Application id of your Discord bot; its commands are registered at start.',
  }),
  discordPublicKey: optionalText({
    env: 'CONFAB_DISCORD_PUBLIC_KEY',
    about: 'Public key of your Discord application, by which its interactions are known.',
  }),
  discordApiUrl: url({
    env: 'CONFAB_DISCORD_API_URL',
    default: 'https://discord.com/api/v10',
    about: 'Discord API server.',
  }),
  discordRate: rate('Discord', 'CONFAB_DISCORD_RATE', 40),
  matrixUrl: optionalUrl({
    env: 'CONFAB_MATRIX_URL',
    about: 'Matrix home server of the account that sends for us, e.g. `https://matrix.example.com`.',
  }),
  matrixToken: optionalText({
    env: 'CONFAB_MATRIX_TOKEN',
    secret: true,
    about: 'Access token of that Matrix account.',
  }),
  matrixRate: rate('Matrix', 'CONFAB_MATRIX_RATE', 10),
  mailRate: rate('e-mail', 'CONFAB_MAIL_RATE', 5),
})
