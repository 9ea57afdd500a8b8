import { msg } from '@lingui/core/runtime-macro'

export const text = {
  untitled: msg`Meeting`,
  pageTitle: (title: string) => msg`${{ title }} · Levee`,
  hosting: msg`You’re hosting`,
  joiningAs: msg`You’re joining`,
  name: msg`Your name`,
  nameMissing: msg`Enter your name so that others know who you are.`,
  nameUnreadable: msg`Use at least one letter or digit, so that others can read your name.`,
  join: msg`Join`,
  joining: msg`Joining…`,
  joinAsGuest: msg`Join as a guest`,
  startOwn: msg`Start your own meeting`,
}
