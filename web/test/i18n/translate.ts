// English texts of messages without a build: the messages of the sources are compiled when they are used.
import { i18n, type MessageDescriptor } from '@lingui/core'

i18n.loadAndActivate({ locale: 'en', locales: 'en-US', messages: {} })

export const translate = (message: MessageDescriptor): string => i18n._(message)
