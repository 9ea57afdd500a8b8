import { msg, plural } from '@lingui/core/runtime-macro'

export const text = {
  untitled: msg`Meeting`,
  peopleCount: (count: number) => msg`${plural({ count }, { one: '# person', other: '# people' })}`,
  invite: msg`Invite`,
  linkCopied: msg`Link copied`,
  joinLinkCopied: msg`The join link was copied.`,
  leave: msg`Leave`,

  connecting: msg`Connecting…`,
  unstable: msg`Your connection is unstable. Sound and picture may still get through; chat waits until it’s back. Reconnecting…`,
  reconnecting: msg`You’re disconnected: others can’t see or hear you, and nothing is sent. Reconnecting…`,
  rejoining: msg`You’re disconnected: others can’t see or hear you, and nothing is sent. Rejoining the meeting…`,
  stopping: msg`The service is about to stop, and there’s no room for this meeting elsewhere yet. You may be disconnected for a while; this page reconnects you automatically.`,
  soundBlocked: msg`Your browser blocks the sound.`,
  turnSoundOn: msg`Turn sound on`,

  sharing: msg`You’re sharing your screen`,
  shareFor: msg`Optimise the shared screen for`,
  sharpText: msg`Sharp text`,
  smoothVideo: msg`Smooth video`,
  stopSharing: msg`Stop sharing`,

  panelBroken: msg`Something broke here`,
  panelBrokenAdvice: msg`The meeting continues. Close this panel and open it again.`,
  closePanel: msg`Close this panel`,

  arrived: (others: number) =>
    msg`${plural({ others }, { 0: 'You’re in the meeting. No one else is here yet.', one: 'You’re in the meeting with one other person.', other: 'You’re in the meeting with # other people.' })}`,
  joined: (name: string) => msg`${{ name }} joined.`,
  left: (name: string) => msg`${{ name }} left.`,
  raisedHand: (name: string) => msg`${{ name }} raised a hand.`,

  joinAgain: msg`Join again`,
  startPage: msg`Start page`,
}
