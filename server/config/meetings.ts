import { area, integer, list, optionalText } from '#kernel/settings.ts'

/** Meetings and their media. */
export const meetings = area('Meetings', {
  sfuWorkers: integer({ env: 'CONFAB_SFU_WORKERS', default: 1, min: 1, max: 64, about: 'Threads that forward media.' }),
  sfuPortMin: integer({ env: 'CONFAB_SFU_PORT_MIN', default: 40000, max: 65535, about: 'First UDP port for media.' }),
  sfuPortMax: integer({ env: 'CONFAB_SFU_PORT_MAX', default: 49999, max: 65535, about: 'Last UDP port for media.' }),
  sfuAnnouncedIps: list({
    env: 'CONFAB_SFU_ANNOUNCED_IPS',
    default: [],
    about:
      "Addresses under which browsers reach this machine's media ports, when they differ from its own (NAT, containers).",
  }),
  stunUrls: list({
    env: 'CONFAB_STUN_URLS',
    default: [],
    about: 'STUN servers given to browsers, e.g. `stun:stun.example.com:3478`.',
  }),
  turnUrls: list({
    env: 'CONFAB_TURN_URLS',
    default: [],
    about: 'TURN servers given to browsers, e.g. `turn:turn.example.com:3478?transport=udp`.',
  }),
  turnSecret: optionalText({
    env: 'CONFAB_TURN_SECRET',
    secret: true,
    about: "The TURN server's shared secret (coturn's `static-auth-secret`), for credentials that expire.",
  }),
})
