import { expect, test } from 'vitest'
import { findJsonFlaw, isNestedTooDeep } from './json-flaws.ts'

test('what is whole is let be', () => {
  for (const value of [undefined, null, 5, '', '😀', [1, 'a'], { a: { b: ['漢字'] } }]) {
    expect(findJsonFlaw(value)).toBeUndefined()
  }
})

test('a NUL and half a character are found wherever they stand', () => {
  expect(findJsonFlaw('a\0b')).toEqual({ path: '', reason: 'contains a NUL character' })
  expect(findJsonFlaw({ a: ['x', { b: '\ud83d' }] })).toEqual({ path: 'a.1.b', reason: 'contains half a character' })
  expect(findJsonFlaw({ a: { 'k\0': 1 } })).toEqual({ path: 'a.k', reason: 'contains a NUL character' })
  expect(findJsonFlaw({ '\ude00': 1 })).toMatchObject({ reason: 'contains half a character' })
})

test('however deep it is nested, it is answered', () => {
  const deep: unknown = JSON.parse(`{"a": {"b": ${'['.repeat(200_000)}${']'.repeat(200_000)}}}`)
  expect(findJsonFlaw(deep)).toEqual({ path: 'a', reason: 'is nested too deep' })
  expect(isNestedTooDeep(deep)).toBe(true)
  expect(isNestedTooDeep({ a: ['\0', { b: '\ud800' }] })).toBe(false)
  expect(findJsonFlaw(JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`))).toBeUndefined()
})
