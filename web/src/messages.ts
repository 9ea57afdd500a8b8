import { msg } from '@lingui/core/runtime-macro'

export const text = {
  notFound: msg`Page not found`,
  notFoundAdvice: (origin: string) =>
    msg`A meeting link looks like ${{ origin }}/m/… Check that you copied the whole link.`,
  start: msg`Start a meeting`,
}
