import type { MessageDescriptor } from '@lingui/core'
import { useLingui } from '@lingui/react'

/** Returns a function that turns a message into text in the current language. */
export function useTranslate(): (message: MessageDescriptor) => string {
  return useLingui()._
}
