import rehypeHighlight from 'rehype-highlight'
import type { Options } from 'react-markdown'

/** Colours for code whose language is named; guessing is wrong too often. */
export const plugins: NonNullable<Options['rehypePlugins']> = [[rehypeHighlight, { detect: false }]]
