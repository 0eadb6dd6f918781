/** Whether every word typed begins a word of the label or its keywords, or, in Chinese, occurs in it. */
export function matches(typed: string, label: string, keywords: string, language: string): boolean {
  const text = ` ${label} ${keywords} `.toLocaleLowerCase(language)
  return typed
    .toLocaleLowerCase(language)
    .split(/\s+/)
    .every(
      (word) =>
        word === '' ||
        (/[\u3400-\u9fff]/u.test(word)
          ? text.includes(word)
          : text.includes(` ${word}`) || (word.length > 2 && text.includes(word))),
    )
}
