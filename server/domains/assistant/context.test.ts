import { describe, expect, test } from 'vitest'
import { fitContext } from './context.ts'

// One token a character, so that sums can be done by eye; each turn costs four more.
const tokenizer = { count: (text: string) => text.length }
const said = (role: 'user' | 'assistant', content: string, tokens: number | null = null) => ({ role, content, tokens })

describe('a conversation cut to the window', () => {
  test('goes whole where it fits', () => {
    const messages = [said('user', 'one'), said('assistant', 'two'), said('user', 'three')]
    const turns = fitContext({ instructions: [], messages, budget: 23, tokenizer })
    expect(turns.map((turn) => turn.content)).toEqual(['one', 'two', 'three'])
  })

  test('loses its oldest messages, and an answer whose question is gone', () => {
    const messages = [said('user', 'one'), said('assistant', 'two'), said('user', 'three')]
    // A token less than all of it: the first question does not fit, so its answer goes too.
    const turns = fitContext({ instructions: [], messages, budget: 22, tokenizer })
    expect(turns).toEqual([{ role: 'user', content: 'three' }])
  })

  test('joins the instructions in front and counts them', () => {
    const messages = [said('user', 'one'), said('assistant', 'two'), said('user', 'three')]
    const turns = fitContext({ instructions: ['Be brief.', null, '  '], messages, budget: 35, tokenizer })
    expect(turns.map((turn) => turn.content)).toEqual(['Be brief.', 'three'])
  })

  test('believes the count that was kept, and leaves wordless answers out', () => {
    const messages = [said('user', 'one', 1), said('assistant', ' '), said('user', 'three', 1)]
    const turns = fitContext({ instructions: [], messages, budget: 10, tokenizer })
    expect(turns.map((turn) => turn.content)).toEqual(['one', 'three'])
  })

  test('refuses a message that does not fit beside the instructions, saying by how much', () => {
    const messages = [said('user', 'a'.repeat(20))]
    expect(() => fitContext({ instructions: ['12345'], messages, budget: 30, tokenizer })).toThrow(
      'The message has 24 tokens; 21 fit',
    )
  })
})
