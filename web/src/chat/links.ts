import { LINK_MAX_LENGTH } from '../tuning.ts'

/** A link in a message. `href`: where it goes. `shown`: the same address, with the host as the browser resolves it. */
export type Link = { href: string; shown: string }
export type Piece = string | Link

/**
 * Where a link may start and which characters it may have. It ends at blanks, quotes, brackets of markup, backslashes
 * (browsers read them as slashes) and characters that cannot be seen. Each character is looked at once.
 */
const LINK =
  /(?<![\p{L}\p{N}])https?:\/\/[^\s<>"'`\\^{|}“”«»\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]+/giu

/** The parts of a text, with links to http and https addresses. In proportion to the length of the text. */
export function findLinks(text: string): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const raw = withoutEnding(found)
    const link = parseLink(raw)
    if (!link) continue
    if (index > from) pieces.push(text.slice(from, index))
    pieces.push(link)
    from = index + raw.length
  }
  if (from < text.length) pieces.push(text.slice(from))
  return pieces
}

/** Punctuation at the end belongs to the sentence, and so does a bracket that was opened before the link. */
function withoutEnding(found: string): string {
  let open = 0
  for (const char of found) open += char === '(' ? 1 : char === ')' ? -1 : 0
  let end = found.length
  for (; end > 0; end--) {
    const last = found[end - 1] ?? ''
    if (last === ')' && open < 0) open++
    else if (!'.,;:!?…]*_~'.includes(last)) break
  }
  return found.slice(0, end)
}

/** Undefined if a click would lead elsewhere than it seems: a name before the host (https://bank@other). */
function parseLink(raw: string): Link | undefined {
  if (raw.length > LINK_MAX_LENGTH || !URL.canParse(raw)) return undefined
  const { protocol, host, username, password, href } = new URL(raw)
  if (username || password || (protocol !== 'https:' && protocol !== 'http:')) return undefined
  const afterScheme = raw.slice(raw.indexOf('//') + 2)
  const path = /[/?#]/.exec(afterScheme)
  const rest = path ? afterScheme.slice(path.index) : ''
  return { href, shown: `${protocol}//${host}${rest}` }
}

/** The beginning of a long message, at most `maxLength` UTF-16 units and `maxLines` lines; no link is cut. Undefined: it is short. */
export function cutPieces(
  pieces: readonly Piece[],
  maxLength: number,
  maxLines: number,
): Piece[] | undefined {
  const kept: Piece[] = []
  let room = maxLength
  let lines = maxLines
  for (const piece of pieces) {
    const text = typeof piece === 'string' ? piece : piece.shown
    const fits = fitting(text, room, lines)
    if (fits < text.length) {
      if (typeof piece === 'string') kept.push(piece.slice(0, fits))
      return kept
    }
    kept.push(piece)
    room -= text.length
    lines -= text.split('\n').length - 1
  }
  return undefined
}

/** How many UTF-16 units of a text fit; a surrogate pair stays whole. */
function fitting(text: string, room: number, lines: number): number {
  let end = Math.min(text.length, room)
  let at = -1
  for (let line = 0; line < lines; line++) {
    at = text.indexOf('\n', at + 1)
    if (at < 0) break
  }
  if (at >= 0) end = Math.min(end, at)
  const splitsPair = end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1] ?? '')
  return splitsPair ? end - 1 : end
}
