import { area, choice, flag, integer, list, optionalText, optionalUrl, text } from '#kernel/settings.ts'

/** Ports the documents show besides ours, taken when named. */
export const core = area('Server', {
  port: integer({ env: 'CONFAB_PORT', default: 8000, max: 65535, about: 'Port to listen on; 0 picks a free one.' }),
  alsoListen: list({
    env: 'CONFAB_ALSO_LISTEN',
    default: [],
    about: 'More ports that serve the same, e.g. `3000,8080`, the ones the API documents show.',
  }),
  host: text({ env: 'CONFAB_HOST', default: '0.0.0.0', about: 'Address to listen on.' }),
  dataDir: text({ env: 'CONFAB_DATA_DIR', default: './data', about: 'Where everything that must be kept is kept.' }),
  publicUrl: optionalUrl({
    env: 'CONFAB_PUBLIC_URL',
    shownDefault: 'as the caller reached it',
    about: 'The address people use, for links in mails and messages, e.g. `https://confab.example.com`.',
  }),
  databaseUrl: optionalText({
    env: 'DATABASE_URL',
    secret: true,
    shownDefault: 'the embedded database',
    about: 'A PostgreSQL of your own, e.g. `postgres://confab:…@db/confab`.',
  }),
  secret: optionalText({
    env: 'CONFAB_SECRET',
    secret: true,
    shownDefault: 'made once, kept in the data directory',
    about: 'Master secret, at least 32 characters. Set it when several machines share one database.',
  }),
  roles: list({
    env: 'CONFAB_ROLES',
    default: ['web', 'sfu', 'jobs', 'alerts', 'calls', 'inference'],
    about:
      'What this process does; `--roles` says the same. Without `inference` models run on nodes alone; `inference` alone makes it a node of another Confab (`CONFAB_NODE_SERVER`).',
  }),
  rateLimits: flag({
    env: 'CONFAB_RATE_LIMITS',
    default: true,
    about: "The documents' rate limits; off for load tests.",
  }),
  trustedProxies: list({
    env: 'CONFAB_TRUSTED_PROXIES',
    default: [],
    about: 'Addresses or CIDR ranges of reverse proxies whose `X-Forwarded-For` and `-Proto` count.',
  }),
  allowedIps: list({
    env: 'CONFAB_ALLOWED_IPS',
    default: ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fe80::/10'],
    about: "CIDR ranges that may use document 4's routes (schedules, groups, messages, and its register and login).",
  }),
  allowedOrigins: list({
    env: 'CONFAB_ALLOWED_ORIGINS',
    default: [],
    about:
      'Web origins besides our own whose pages may call the API and open our WebSockets, e.g. `https://intranet.example.com`.',
  }),
  fetchPrivate: flag({
    env: 'CONFAB_FETCH_PRIVATE',
    default: false,
    about: 'Let URLs that users give point at private, loopback and link-local addresses.',
  }),
  timeZone: text({ env: 'CONFAB_TIME_ZONE', default: 'Asia/Taipei', about: 'The time zone of new accounts.' }),
  metricsToken: optionalText({
    env: 'CONFAB_METRICS_TOKEN',
    secret: true,
    shownDefault: 'unset: only an admin reads `/metrics`',
    about: 'The Bearer token with which Prometheus reads `/metrics`.',
  }),
  logLevel: choice({
    env: 'CONFAB_LOG_LEVEL',
    default: 'info',
    of: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    about: 'How much is logged.',
  }),
})
