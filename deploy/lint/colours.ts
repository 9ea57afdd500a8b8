// Finds colours that are written out in style sheets and components.

export interface Colour {
  line: number
  colour: string
}

const FUNCTION = /\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\([^)]*\)/
const HEX = /#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b/
const NAMES =
  /(?<![\w-])(?:black|white|gr[ae]y|silver|red|maroon|orange|yellow|olive|lime|green|teal|aqua|cyan|blue|navy|purple|magenta|fuchsia|pink|brown|gold|indigo|violet|crimson|salmon|tomato|coral|khaki|beige|ivory|lavender|plum|orchid|turquoise)(?![\w-])/
const IN_CSS = new RegExp(`${FUNCTION.source}|${HEX.source}|${NAMES.source}`, 'gi')
/** Names of colours are not searched for in programs, where they may be ordinary words. */
const IN_CODE = new RegExp(`['"\`\\s](${FUNCTION.source}|${HEX.source})(?=['"\`\\s,;)])`, 'gi')

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length

/** Replaces comments by spaces, so that line numbers stay the same. */
const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ')

function inCss(text: string): Colour[] {
  const found: Colour[] = []
  const plain = text.replaceAll(/\/\*[^]*?\*\//g, blank)
  // Only in values of declarations, because “#add” can also be a selector.
  for (const { 0: declaration, 1: value = '', index } of plain.matchAll(/[\w-]+\s*:\s*([^;{}]+)(?=[;}])/g)) {
    const start = index + declaration.indexOf(value)
    const withoutUrls = value.replaceAll(/url\([^)]*\)|var\(--[\w-]+/g, blank)
    for (const match of withoutUrls.matchAll(IN_CSS))
      found.push({ line: lineOf(text, start + match.index), colour: match[0] })
  }
  return found
}

function inCode(text: string): Colour[] {
  const plain = text.replaceAll(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*/g, blank)
  return [...plain.matchAll(IN_CODE)].map(({ 1: colour = '', index }) => ({
    line: lineOf(text, index),
    colour,
  }))
}

export function coloursIn(file: string, text: string): Colour[] {
  if (file.endsWith('.css')) return inCss(text)
  return /\.tsx?$/.test(file) ? inCode(text) : []
}
