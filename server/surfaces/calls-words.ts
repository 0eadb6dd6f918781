import type { Fault } from '#kernel/fault.ts'
import type { Words } from './envelopes/envelope.ts'
import { plain } from './envelopes/plain.ts'
import type { Speech } from './mount.ts'

/** The words of faults about calls, on routes and on the socket alike (document 1 speaks Chinese). */
export const callWords = {
  'calls.number-invalid': { status: 400, message: '無效的電話號碼，請使用國際格式，例如 +886912345678' },
  'calls.country-refused': { status: 403, message: '不允許撥打這個國家或地區' },
  'calls.number-refused': { status: 403, message: '不允許撥打付費或特殊費率的號碼' },
  'calls.never-call': { status: 403, message: '這個號碼已列入拒撥名單' },
  'calls.switched-off': { status: 503, message: '通話功能目前已關閉' },
  'calls.account-limit': { status: 429, message: '您今天的通話次數已達上限' },
  'calls.destination-limit': { status: 429, message: '這個號碼今天的通話次數已達上限' },
  'calls.total-limit': { status: 429, message: '今天的通話總數已達上限，請明天再試' },
  'calls.call-id-conflict': { status: 409, message: '這個 callId 已用於另一通內容不同的通話' },
  'calls.call-id-invalid': { status: 400, message: '無效的 callId' },
  'calls.message-empty': { status: 400, message: '通話內容不可為空' },
  'calls.missing': { status: 404, message: '找不到這通電話' },
  'calls.limits-invalid': { status: 400, message: '無效的國家代碼' },
  'calls.never-call-missing': { status: 404, message: '拒撥名單中沒有這個號碼' },
} as const satisfies Readonly<Record<string, Words>>

/** How the routes of calls speak. */
export const callSpeech: Speech = { words: callWords }

/** The sentence of a fault, for a frame. */
export function sentenceOf(fault: Fault): string {
  const words = (callWords as Readonly<Record<string, Words>>)[fault.code]
  return (words ?? plain.defaults[fault.kind]).message
}

/** The code of a fault in a frame: `calls.number-invalid` is `number_invalid`. */
export function frameCodeOf(fault: Fault): string {
  return fault.code.replace(/^calls\./, '').replaceAll(/[.-]/g, '_')
}
