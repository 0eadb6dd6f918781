import type { TFunction } from 'i18next'
import { expect, test } from 'vitest'
import { sayReason } from './say-reason.ts'

const t = ((key: string, values: object) => `${key} ${JSON.stringify(values)}`) as unknown as TFunction<'ai'>

test.each([
  ['connect ECONNREFUSED 10.0.0.5:8000', 'reason.refused {"where":"10.0.0.5:8000"}'],
  ['The node rack failed: getaddrinfo ENOTFOUND rack.lan', 'reason.noSuchHost {"where":"rack.lan"}'],
  ['The transcription service failed: it answered 401', 'reason.keyRefused {"status":"401"}'],
  ['it answered 502', 'reason.status {"status":"502"}'],
  ['model.onnx is not what its manifest says: another size or hash came', 'reason.otherBytes {"file":"model.onnx"}'],
  ['The model failed: its process ended (SIGKILL)', 'reason.died {"how":"SIGKILL"}'],
])('%s', (reason, said) => {
  expect(sayReason(reason, t)).toBe(said)
})

test('what is not known stays as it is', () => {
  expect(sayReason('it answered 1×3, which is not a score for each label', t)).toBe(
    'it answered 1×3, which is not a score for each label',
  )
})
