import { readFileSync } from 'node:fs'
import { createSipCarrier } from '#adapters/sip/sip-carrier.ts'
import { createEspeakSpeech, hasProgram } from '#adapters/speech/espeak-speech.ts'
import { createOpenAiSpeech } from '#adapters/speech/openai-speech.ts'
import { TWILIO_PATHS, createTwilioCarrier } from '#adapters/twilio/twilio-carrier.ts'
import type { Carrier, Speech } from '#domains/calls/ports.ts'
import { Fault } from '#kernel/fault.ts'
import { mountTwilioHooks } from '#surfaces/calls-twilio.ts'
import type { Config } from '../config.ts'
import type { Base } from './part.ts'

/** What is configured to make calls, and what is missing. */
export interface ChosenCarrier {
  readonly carrier: Carrier | undefined
  /** A plain line for each thing that is not there. */
  readonly missing: readonly string[]
}

/**
 * The carrier that the settings name.
 * @throws Fault `config.invalid` when they name one and leave out what it needs
 */
export function carrierOf({ config, log, http }: Pick<Base, 'config' | 'log' | 'http'>): ChosenCarrier {
  const { calls, core } = config
  const wantsSip = calls.carrier === 'sip' || (calls.carrier === 'auto' && calls.sipServer !== undefined)
  const wantsTwilio = calls.carrier === 'twilio' || (calls.carrier === 'auto' && calls.twilioAccount !== undefined)
  if (wantsSip) {
    const server = required(calls.sipServer, 'CONFAB_SIP_SERVER')
    return { carrier: createSipCarrier(sipSettings(config, server), { log }), missing: [] }
  }
  if (wantsTwilio) {
    const carrier = createTwilioCarrier(
      {
        apiUrl: calls.twilioUrl,
        accountSid: required(calls.twilioAccount, 'CONFAB_TWILIO_ACCOUNT_SID'),
        authToken: required(calls.twilioToken, 'CONFAB_TWILIO_AUTH_TOKEN'),
        from: required(calls.twilioFrom, 'CONFAB_TWILIO_FROM'),
        publicUrl: required(core.publicUrl, 'CONFAB_PUBLIC_URL'),
      },
      { log },
    )
    mountTwilioHooks(http, { hooks: carrier, paths: TWILIO_PATHS })
    return { carrier, missing: [] }
  }
  const line = 'phone calls (CONFAB_SIP_SERVER, or CONFAB_TWILIO_ACCOUNT_SID): they fail with `no_carrier`'
  return { carrier: undefined, missing: [line] }
}

/** The voice that the settings name, else the one that is installed. */
export function speechOf({ config }: Pick<Base, 'config'>): { speech: Speech | undefined; missing: readonly string[] } {
  const { speechUrl, speechKey, speechModel, speechVoice, espeak } = config.calls
  if (speechUrl !== undefined) {
    const speech = createOpenAiSpeech({ url: speechUrl, key: speechKey, model: speechModel, voice: speechVoice })
    return { speech, missing: [] }
  }
  if (hasProgram(espeak)) return { speech: createEspeakSpeech({ command: espeak }), missing: [] }
  const line = 'the voice of phone calls (CONFAB_SPEECH_URL, or install espeak-ng): calls fail with `no_voice`'
  return { speech: undefined, missing: [line] }
}

function sipSettings({ calls }: Config, server: string) {
  return {
    server,
    transport: calls.sipTransport,
    domain: calls.sipDomain,
    user: calls.sipUser,
    authUser: calls.sipAuthUser,
    password: calls.sipPassword,
    callerId: calls.sipCallerId,
    register: calls.sipRegister,
    host: calls.sipHost,
    port: calls.sipPort,
    publicHost: calls.sipPublicHost,
    rtpPortMin: calls.rtpPortMin,
    rtpPortMax: calls.rtpPortMax,
    tlsVerify: calls.sipTlsVerify,
    ...(calls.sipTlsCa !== undefined && { tlsCa: readAuthority(calls.sipTlsCa) }),
  }
}

function readAuthority(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Fault('invalid', 'config.invalid', `CONFAB_SIP_TLS_CA: ${file} cannot be read`, { cause })
  }
}

function required(value: string | undefined, name: string): string {
  if (value !== undefined) return value
  throw new Fault('invalid', 'config.invalid', `${name} is needed for the carrier that is chosen`)
}
