import type { MessageDescriptor } from '@lingui/core'
import { translate } from '../i18n/translate.ts'

/** The message in English, with plain spaces: versions of the Unicode data differ in the kinds of space around units. */
export function english(message: MessageDescriptor): string
export function english(message: MessageDescriptor | undefined): string | undefined
export function english(message: MessageDescriptor | undefined): string | undefined {
  return message && plain(translate(message))
}

export const plain = (text: string) => text.replaceAll(/\s/gu, ' ')
