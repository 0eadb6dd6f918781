import { expect, test } from 'vitest'
import { safeUrl } from './safe-url.ts'

test.each(['https://example.com/a?b=1', 'http://example.com/', 'mailto:a@example.com'])('followed: %s', (url) => {
  expect(safeUrl(url)).toBe(url)
})

test.each([
  'javascript:alert(1)',
  ' JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:https://example.com/x',
  '/api/v1/auth/logout',
  '//example.com',
  '#top',
  '',
  undefined,
])('not followed: %j', (url) => {
  expect(safeUrl(url)).toBeUndefined()
})
