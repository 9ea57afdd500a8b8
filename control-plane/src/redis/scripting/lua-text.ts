/** The parts of Lua's syntax that are needed to complete and check a script. Long brackets, [[…]], are not supported. */

const PAIRS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** The index behind the string that opens at `at`. */
function afterString(source: string, at: number): number {
  const quote = source[at]
  let i = at + 1
  while (i < source.length && source[i] !== quote) i += source[i] === '\\' ? 2 : 1
  if (i >= source.length) throw new SyntaxError('unterminated string in a Lua script')
  return i + 1
}

const isQuote = (char: string | undefined): boolean => char === "'" || char === '"'

/** The same lines, without comments. */
export function withoutComments(source: string): string {
  let out = ''
  let from = 0
  let i = 0
  while (i < source.length) {
    if (isQuote(source[i])) i = afterString(source, i)
    else if (source.startsWith('[[', i))
      throw new SyntaxError('long brackets are not supported in Lua scripts')
    else if (source.startsWith('--', i)) {
      out += source.slice(from, i).replace(/[ \t]+$/, '')
      const end = source.indexOf('\n', i)
      from = i = end < 0 ? source.length : end
    } else i++
  }
  return out + source.slice(from)
}

/** The index of the bracket that closes the one at `open`; `source` has no comments. */
export function closingBracket(source: string, open: number): number {
  const stack: string[] = []
  let i = open
  while (i < source.length) {
    const char = source[i] ?? ''
    if (isQuote(char)) {
      i = afterString(source, i)
      continue
    }
    const closing = PAIRS[char]
    if (closing) stack.push(closing)
    else if (char === stack.at(-1)) {
      stack.pop()
      if (stack.length === 0) return i
    }
    i++
  }
  throw new SyntaxError('unclosed bracket in a Lua script')
}

/** The items of a list, trimmed: split at commas outside of brackets and strings. A trailing comma adds no item. */
export function splitList(text: string): string[] {
  const parts: string[] = []
  let from = 0
  let i = 0
  while (i < text.length) {
    const char = text[i] ?? ''
    if (isQuote(char)) i = afterString(text, i)
    else if (PAIRS[char]) i = closingBracket(text, i) + 1
    else {
      if (char === ',') {
        parts.push(text.slice(from, i).trim())
        from = i + 1
      }
      i++
    }
  }
  parts.push(text.slice(from).trim())
  return parts.at(-1) === '' ? parts.slice(0, -1) : parts
}

/** The text of a string literal, or undefined for any other expression. */
export function literal(expression: string): string | undefined {
  return /^'([^'\\]*)'$/.exec(expression)?.[1]
}
