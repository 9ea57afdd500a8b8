/** Names that people type: how they are cleaned, and when two of them look the same. The web client uses it too. */

/** What no typed text may carry: control characters, line and paragraph separators, and marks that turn the direction. */
const CONTROLS = /[\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/** Blank, but a letter, mark or symbol by its Unicode category: Hangul fillers, the empty Braille pattern, and others. */
const BLANKS = /[\u115F\u1160\u3164\uFFA0\u2800\u{13441}\u{13442}\u{1D159}]|\u{16FE4}/gu

/** Surrogates without a partner, private use and noncharacters: every font shows something else, or nothing. */
const UNDEFINED = /[\p{Cs}\p{Co}\p{Noncharacter_Code_Point}]/gu

/**
 * Invisible characters. The group keeps those that change how a word or an emoji is drawn: a joiner between letters of
 * scripts that join them, a joiner between emoji, and the emoji style after an emoji.
 */
const INVISIBLE =
  /((?<=[\p{sc=Arab}\p{sc=Deva}\p{sc=Beng}\p{sc=Taml}\p{sc=Telu}\p{sc=Knda}\p{sc=Mlym}\p{sc=Gujr}\p{sc=Sinh}])[\u200C\u200D](?=\p{L})|(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D(?=\p{Extended_Pictographic})|(?<=\p{Extended_Pictographic})\uFE0F)|[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu

/** Latin, Greek, Cyrillic and what belongs to no script: two marks are enough for every language (Vietnamese needs none after NFC). */
const STACKED_ON_ALPHABETS =
  /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}]\p{M}{2})\p{M}+/gu
/** Burmese and Tibetan syllables have up to five. */
const STACKED = /(\P{M}\p{M}{5})\p{M}+/gu
/** A mark with nothing under it, and circles and squares around letters. */
const STRAY_MARKS = /(?<=^|\s)\p{M}+|\p{Me}/gu

/** Bounds the marks above and below each letter, so that no text grows over its neighbours. Linear in the length. */
export function boundMarks(text: string): string {
  return text.replace(STACKED_ON_ALPHABETS, '$1').replace(STACKED, '$1')
}

/**
 * A display name or title as it may be shown: NFC, no invisible, direction-changing or line-breaking characters, a
 * bounded number of marks on each letter, single spaces, trimmed. `null` if no letter or digit is left: a name of
 * symbols or emoji alone can be neither read aloud nor spoken to.
 */
export function cleanDisplayName(raw: string): string | null {
  const visible = raw
    .normalize('NFC')
    .replace(UNDEFINED, '\uFFFD')
    .replace(CONTROLS, ' ')
    .replace(BLANKS, ' ')
    .replace(INVISIBLE, '$1')
  const name = boundMarks(visible.replace(/\s+/gu, ' '))
    .replace(STRAY_MARKS, '')
    .replace(/\s+/gu, ' ')
    .trim()
    .normalize('NFC')
  return /[\p{L}\p{N}]/u.test(name) ? name : null
}

/** A number at the end that looks like the one by which the client tells equal names apart. */
const ENDING_NUMBER = /[#\u2116]\p{N}+$/u

/**
 * Names with an equal key look the same, or nearly: compatibility forms, case, accents that are written differently,
 * punctuation, symbols, blanks and a number at the end make no difference.
 */
export function lookalikeKey(name: string): string {
  const folded = name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC').replace(/\s+/gu, '')
  return folded
    .replace(ENDING_NUMBER, '')
    .replace(/[^\p{L}\p{N}\p{M}]|\p{Default_Ignorable_Code_Point}/gu, '')
}
