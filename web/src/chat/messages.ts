import { msg, plural } from '@lingui/core/runtime-macro'

export const text = {
  chat: msg`Chat`,
  close: msg`Close chat`,
  messages: msg`Messages`,
  empty: msg`No messages yet. Everyone in the meeting can read what you write; people who join later can’t.`,
  notDelivered: (count: number) =>
    msg`${plural({ count }, { one: 'Not delivered yet: your message goes out when the connection is back.', other: '# messages not delivered yet: they go out when the connection is back.' })}`,
  message: msg`Message to everyone`,
  send: msg`Send`,
  someone: msg`Someone`,
  tooMany: (name: string) => msg`${{ name }} is sending too many messages. Some of them aren’t shown.`,
  showMore: msg`Show more`,
  showLess: msg`Show less`,
}
