import { describe, expect, test } from 'vitest'
import { RtpRewriter } from './rewriter.ts'

function started(): RtpRewriter {
  const rewriter = new RtpRewriter(500, 9000)
  rewriter.switchTo(70_000, 1000, 0, 90_000, null)
  return rewriter
}

describe('one stream out of several', () => {
  test('begins where it was told to, and runs on over the wrap', () => {
    const rewriter = started()
    expect([70_000, 70_001, 70_002].map((each) => rewriter.sequence(each))).toEqual([500, 501, 502])
    expect(rewriter.timestamp(1000, 0)).toBe(9000)
    expect(rewriter.timestamp(4000, 33)).toBe(12_000)
  })

  test('keeps the holes of losses, so that they are asked for and filled', () => {
    const rewriter = started()
    expect(rewriter.sequence(70_000)).toBe(500)
    expect(rewriter.sequence(70_003)).toBe(503)
    expect(rewriter.sequence(70_001)).toBe(501)
  })

  test('makes no hole of what is left out, and still knows latecomers', () => {
    const rewriter = started()
    rewriter.sequence(70_000)
    rewriter.sequence(70_002)
    rewriter.skip(70_003)
    rewriter.skip(70_004)
    expect(rewriter.sequence(70_005)).toBe(503)
    expect(rewriter.sequence(70_001)).toBe(501)
  })

  test('switches layers without a jump, by the wall clock or by the media clock', () => {
    const rewriter = started()
    rewriter.sequence(70_000)
    rewriter.timestamp(1000, 0)
    rewriter.switchTo(200, 5_000_000, 100, 90_000, null)
    expect(rewriter.sequence(200)).toBe(501)
    expect(rewriter.timestamp(5_000_000, 100)).toBe(9000 + 9000)
    expect(rewriter.sequence(199)).toBe(-1)
    rewriter.switchTo(90_000, 77, 300, 90_000, 3000)
    expect(rewriter.sequence(90_000)).toBe(502)
    expect(rewriter.timestamp(77, 300)).toBe(18_000 + 3000)
    rewriter.switchTo(10, 5, 301, 90_000, -50)
    expect(rewriter.timestamp(5, 301)).toBe(21_001)
  })

  test('frame numbers run on across a switch and across their wrap', () => {
    const rewriter = started()
    const patches = new Int16Array(8)
    const numbers = (pictureId: number, tl0: number) => ({ pictureIdAt: 2, isLong: true, pictureId, tl0At: 4, tl0 })
    const read = () => ({ pictureId: ((patches[1]! & 0x7f) << 8) | patches[3]!, tl0: patches[5] })
    rewriter.patchNumbers(numbers(0x7fff, 255), patches)
    expect(read()).toEqual({ pictureId: 0x7fff, tl0: 255 })
    expect(patches[6]).toBe(-1)
    rewriter.patchNumbers(numbers(0, 0), patches)
    expect(read()).toEqual({ pictureId: 0, tl0: 0 })
    rewriter.switchTo(1, 1, 1, 90_000, 1)
    rewriter.patchNumbers(numbers(0x1234, 99), patches)
    expect(read()).toEqual({ pictureId: 1, tl0: 1 })
    rewriter.patchNumbers(numbers(0x1235, 99), patches)
    expect(read()).toEqual({ pictureId: 2, tl0: 1 })
  })
})
