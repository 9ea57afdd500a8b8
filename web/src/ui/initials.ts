/** Up to two initials of a name. A letter is a grapheme, which may also be an emoji. */
export function initials(name: string): string {
  const words = name.split(/\s+/u).filter((word) => /^[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(word))
  const first = words[0]
  if (!first) return '?'
  const last = words.length > 1 ? words.at(-1) : undefined
  return [first, last].map((word) => (word ? firstLetter(word) : '')).join('')
}

/** Created once, because that takes longer than using it. */
const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

function firstLetter(word: string): string {
  const [part] = letters.segment(word)
  return (part?.segment ?? '').toLocaleUpperCase()
}
