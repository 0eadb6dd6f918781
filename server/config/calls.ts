import { area, choice, flag, integer, list, optionalText, optionalUrl, text, url } from '#kernel/settings.ts'

/** Phone calls: who carries them, who speaks, what limits them. */
export const calls = area('Calls', {
  carrier: choice({
    env: 'CONFAB_CALLS_CARRIER',
    default: 'auto',
    of: ['auto', 'sip', 'twilio', 'none'],
    about: 'Who makes calls. `auto`: SIP where `CONFAB_SIP_SERVER` is set, else Twilio where its account is.',
  }),
  enabled: flag({
    env: 'CONFAB_CALLS_ENABLED',
    default: true,
    about: 'The switch of all calls; an admin can turn it.',
  }),
  countries: list({
    env: 'CONFAB_CALLS_COUNTRIES',
    default: ['TW'],
    about: 'Countries that may be called, as ISO 3166 codes.',
  }),
  activePerAccount: integer({
    env: 'CONFAB_CALLS_ACTIVE_PER_ACCOUNT',
    default: 2,
    min: 1,
    max: 1000,
    about: 'Calls of one account under way at once.',
  }),
  activePerDestination: integer({
    env: 'CONFAB_CALLS_ACTIVE_PER_DESTINATION',
    default: 1,
    min: 1,
    max: 1000,
    about: 'Calls to one number under way at once.',
  }),
  activeInAll: integer({
    env: 'CONFAB_CALLS_ACTIVE',
    default: 20,
    min: 1,
    max: 10_000,
    about: 'Calls under way at once, in all.',
  }),
  dailyPerAccount: integer({
    env: 'CONFAB_CALLS_DAILY_PER_ACCOUNT',
    default: 50,
    max: 1_000_000,
    about: 'Calls one account may ask for in any 24 hours.',
  }),
  dailyPerDestination: integer({
    env: 'CONFAB_CALLS_DAILY_PER_DESTINATION',
    default: 5,
    max: 1_000_000,
    about: 'Calls one number gets in any 24 hours.',
  }),
  dailyInAll: integer({
    env: 'CONFAB_CALLS_DAILY',
    default: 500,
    max: 1_000_000,
    about: 'Calls in any 24 hours, in all.',
  }),
  quietFrom: integer({
    env: 'CONFAB_CALLS_QUIET_FROM',
    default: 21,
    max: 23,
    about: "Hour of the destination's day from which nobody is called; calls wait for the morning.",
  }),
  quietUntil: integer({
    env: 'CONFAB_CALLS_QUIET_UNTIL',
    default: 9,
    max: 23,
    about: 'Hour at which calls begin again; the same as the other: no quiet hours.',
  }),
  retries: integer({
    env: 'CONFAB_CALLS_RETRIES',
    default: 2,
    max: 10,
    about: 'How often a number that was busy or did not answer is tried again. Nothing else is tried again.',
  }),
  retrySeconds: integer({
    env: 'CONFAB_CALLS_RETRY_SECONDS',
    default: 120,
    max: 86_400,
    about: 'Seconds before such another try.',
  }),
  ringSeconds: integer({
    env: 'CONFAB_CALLS_RING_SECONDS',
    default: 45,
    min: 1,
    max: 180,
    about: 'How long a telephone rings before we give up.',
  }),
  talkSeconds: integer({
    env: 'CONFAB_CALLS_TALK_SECONDS',
    default: 300,
    min: 5,
    max: 3600,
    about: 'The longest a call may last.',
  }),

  sipServer: optionalText({
    env: 'CONFAB_SIP_SERVER',
    about: 'SIP trunk or registrar: `sip.example.com`, `10.0.0.5:5080`.',
  }),
  sipTransport: choice({
    env: 'CONFAB_SIP_TRANSPORT',
    default: 'udp',
    of: ['udp', 'tcp', 'tls'],
    about: 'How it is spoken to.',
  }),
  sipDomain: optionalText({
    env: 'CONFAB_SIP_DOMAIN',
    shownDefault: "the server's host",
    about: 'The domain in our and the called addresses, where it is not the server.',
  }),
  sipUser: text({ env: 'CONFAB_SIP_USER', default: 'confab', about: 'Our user name there.' }),
  sipAuthUser: optionalText({
    env: 'CONFAB_SIP_AUTH_USER',
    shownDefault: 'the user name',
    about: 'User name for authentication, where it is another.',
  }),
  sipPassword: optionalText({ env: 'CONFAB_SIP_PASSWORD', secret: true, about: 'Password for it.' }),
  sipCallerId: optionalText({
    env: 'CONFAB_SIP_CALLER_ID',
    shownDefault: 'the user name',
    about: 'The number shown to who is called, e.g. `+886223456789`.',
  }),
  sipRegister: flag({
    env: 'CONFAB_SIP_REGISTER',
    default: false,
    about: 'Register there, as a telephone does; a trunk known by its address needs none.',
  }),
  sipHost: text({
    env: 'CONFAB_SIP_HOST',
    default: '0.0.0.0',
    about: 'Address our SIP and RTP sockets are bound to.',
  }),
  sipPort: integer({ env: 'CONFAB_SIP_PORT', default: 0, max: 65535, about: 'Our SIP port; 0 picks a free one.' }),
  sipPublicHost: optionalText({
    env: 'CONFAB_SIP_PUBLIC_HOST',
    shownDefault: 'the address that leads to the server',
    about: 'Our address as the other side reaches it, when it differs (NAT).',
  }),
  rtpPortMin: integer({
    env: 'CONFAB_RTP_PORT_MIN',
    default: 10_000,
    min: 1024,
    max: 65_000,
    about: 'First UDP port for the sound of calls.',
  }),
  rtpPortMax: integer({
    env: 'CONFAB_RTP_PORT_MAX',
    default: 19_999,
    min: 1026,
    max: 65_535,
    about: 'Last UDP port for the sound of calls.',
  }),
  sipTlsVerify: flag({
    env: 'CONFAB_SIP_TLS_VERIFY',
    default: true,
    about: "Whether the server's certificate must be valid (TLS).",
  }),
  sipTlsCa: optionalText({
    env: 'CONFAB_SIP_TLS_CA',
    about: 'File with the certificate authority (PEM) of the server, where it is one of your own (TLS).',
  }),

  twilioAccount: optionalText({ env: 'CONFAB_TWILIO_ACCOUNT_SID', about: 'Account SID at Twilio.' }),
  twilioToken: optionalText({ env: 'CONFAB_TWILIO_AUTH_TOKEN', secret: true, about: 'Auth token for it.' }),
  twilioFrom: optionalText({ env: 'CONFAB_TWILIO_FROM', about: 'Our number at Twilio, e.g. `+886223456789`.' }),
  twilioUrl: url({ env: 'CONFAB_TWILIO_API_URL', default: 'https://api.twilio.com', about: 'Twilio API server.' }),

  speechUrl: optionalUrl({
    env: 'CONFAB_SPEECH_URL',
    about: 'Base URL of an OpenAI-compatible API that speaks (`/audio/speech`), e.g. `https://api.openai.com/v1`.',
  }),
  speechKey: optionalText({ env: 'CONFAB_SPEECH_KEY', secret: true, about: 'API key for it, where it wants one.' }),
  speechModel: text({ env: 'CONFAB_SPEECH_MODEL', default: 'tts-1', about: 'Model that speaks.' }),
  speechVoice: text({ env: 'CONFAB_SPEECH_VOICE', default: 'alloy', about: 'Voice it speaks with.' }),
  espeak: text({
    env: 'CONFAB_ESPEAK',
    default: 'espeak-ng',
    about: 'The `espeak-ng` program, used where no speech API is set and it is installed. Rough, but at once there.',
  }),
})
