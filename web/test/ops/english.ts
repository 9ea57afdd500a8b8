import { i18n, type MessageDescriptor } from '@lingui/core'

i18n.loadAndActivate({ locale: 'en', locales: 'en-US', messages: {} })

/** The message as a user in the United States reads it. */
export function english(message: MessageDescriptor): string
export function english(message: MessageDescriptor | undefined): string | undefined
export function english(message: MessageDescriptor | undefined): string | undefined {
  return message && plain(i18n._(message))
}

/** With plain spaces: Unicode data differs between versions in the kinds of space around units. */
export const plain = (text: string) => text.replaceAll(/\s/gu, ' ')
