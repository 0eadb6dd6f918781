import { area, integer, text, url } from '#kernel/settings.ts'

/** Watching the boards of a PTT web server. */
export const alerts = area('Board alerts', {
  pttUrl: url({
    env: 'CONFAB_PTT_URL',
    default: 'https://www.ptt.cc',
    about: 'The PTT web server whose boards are watched.',
  }),
  pttInterval: integer({
    env: 'CONFAB_PTT_INTERVAL',
    default: 60,
    min: 1,
    max: 86_400,
    about: 'Seconds between two looks at a board. The site keeps a board for a minute, so less finds nothing sooner.',
  }),
  pttUserAgent: text({
    env: 'CONFAB_PTT_USER_AGENT',
    default: 'Confab/0.1 (self-hosted board alerts; polls politely)',
    about: 'What we call ourselves to the PTT web server; a contact address in it is good manners.',
  }),
  staleHours: integer({
    env: 'CONFAB_ALERTS_STALE_HOURS',
    default: 6,
    min: 1,
    max: 48,
    about: 'Articles found this many hours late (the site or we were down) are listed in the web app but not sent out.',
  }),
})
