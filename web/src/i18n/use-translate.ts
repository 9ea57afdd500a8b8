import type { MessageDescriptor } from '@lingui/core'
import { useLingui } from '@lingui/react'

/** Gives the function that turns a message into text of the current language. */
export function useTranslate(): (message: MessageDescriptor) => string {
  return useLingui()._
}
