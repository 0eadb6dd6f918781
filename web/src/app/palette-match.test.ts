import { expect, test } from 'vitest'
import { matches } from './palette-match.ts'

test.each([
  ['', '首頁', 'home', true],
  ['首', '首頁', 'home', true],
  ['頁', '首頁', 'home', true],
  ['ho', '首頁', 'home', true],
  ['om', '首頁', 'home', false],
  ['ome', '首頁', 'home', true],
  ['start meet', 'Start a meeting', '', true],
  ['start room', 'Start a meeting', '', false],
])('“%s” finds “%s” (%s): %s', (typed, label, keywords, expected) => {
  expect(matches(typed, label, keywords, 'zh-TW')).toBe(expected)
})
