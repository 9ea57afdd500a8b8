// Finds colours that are written out in style sheets and components.
import { COLOUR_NAMES } from './colour-names.ts'

export interface Colour {
  line: number
  colour: string
}

const FUNCTION = /\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\([^)]*\)/
const HEX = /#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b/
const NAMES = new RegExp(`(?<![\\w-])(?:${COLOUR_NAMES.join('|')})(?![\\w-])`)
const IN_CSS = new RegExp(`${FUNCTION.source}|${HEX.source}|${NAMES.source}`, 'gi')
const IN_CODE = new RegExp(`(?<=['"\`\\s(,:;])(?:${FUNCTION.source}|${HEX.source})(?=['"\`\\s,;)]|$)`, 'gim')
/**
 * Names of colours are ordinary words in programs. They are searched for in the values of attributes and properties
 * that hold a colour or a style, in arguments of `setProperty` and in CSS functions that mix colours.
 */
const COLOUR_VALUES =
  /(?<![\w-])(?:-{0,2}[\w-]*colou?r|fill|stroke|fillStyle|strokeStyle|background\w*|border\w*|outline|\w*shadow|filter|style|cssText)['"]?\]?\s*(?<![=!<>]=)(?:[:=](?!=|>)|\?\?=)\s*|\bsetProperty(?=\()|(?:color-mix|[\w-]*gradient)(?=\()/gi
const STRINGS = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g

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

/** The end of the expression that starts at `start`: a comma, semicolon, bracket or line end outside brackets. */
function endOf(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at)
    if (/[([{]/.test(character)) depth++
    else if (/[)\]}]/.test(character) && --depth <= 0) return at + (depth < 0 ? 0 : 1)
    else if (depth === 0 && /[,;>]/.test(character)) return at
    // A condition goes on in the next line.
    else if (depth === 0 && character === '\n' && !/^\s*[?:|&+]/.test(text.slice(at))) return at
  }
  return text.length
}

/** Names of colours in the strings of an expression, and in the strings of the constants that it uses. */
function namesIn(text: string, start: number, end: number, followConstants = true): Colour[] {
  const expression = text.slice(start, end)
  const found: Colour[] = []
  for (const { 0: string, index } of expression.matchAll(STRINGS))
    for (const match of string.matchAll(new RegExp(NAMES.source, 'gi')))
      found.push({ line: lineOf(text, start + index + match.index), colour: match[0] })
  if (!followConstants) return found
  for (const [word] of expression.replaceAll(STRINGS, blank).matchAll(/\b[A-Za-z_]\w*/g)) {
    const definition = new RegExp(`\\b(?:const|let) ${word}\\b[^=\\n]*= *`).exec(text)
    if (!definition) continue
    const from = definition.index + definition[0].length
    found.push(...namesIn(text, from, endOf(text, from), false))
  }
  return found
}

function inCode(text: string): Colour[] {
  const plain = text
    .replaceAll(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*/g, blank)
    .replaceAll(/url\([^)]*\)|var\(--[\w-]+/g, blank)
  const found = [...plain.matchAll(IN_CODE)].map(({ 0: colour, index }) => ({
    line: lineOf(text, index),
    colour,
  }))
  for (const { 0: name, index } of plain.matchAll(COLOUR_VALUES)) {
    const start = index + name.length
    const end = endOf(plain, start)
    // Already inside a string: the arguments of a CSS function.
    if (/(?:mix|gradient)$/i.test(name))
      for (const match of plain.slice(start, end).matchAll(new RegExp(NAMES.source, 'gi')))
        found.push({ line: lineOf(text, start + match.index), colour: match[0] })
    else found.push(...namesIn(plain, start, end))
  }
  const unique = new Map(found.map((one) => [`${one.line} ${one.colour}`, one]))
  return [...unique.values()].toSorted((a, b) => a.line - b.line)
}

export function coloursIn(file: string, text: string): Colour[] {
  if (file.endsWith('.css')) return inCss(text)
  return /\.tsx?$/.test(file) ? inCode(text) : []
}
