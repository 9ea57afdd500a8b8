import { msg } from '@lingui/core/runtime-macro'

export const text = {
  people: (count: string) => msg`People (${{ count }})`,
  close: msg`Close the list of people`,
  list: msg`People in the meeting`,
  you: msg`You`,
  handRaised: msg`Hand raised`,
  microphoneOn: msg`Microphone on`,
  microphoneOff: msg`Microphone off`,
  cameraOn: msg`Camera on`,
  cameraOff: msg`Camera off`,
  mute: msg`Mute`,
  mutePerson: (name: string) => msg`Mute ${{ name }}`,
  remove: msg`Remove`,
  removePerson: (name: string) => msg`Remove ${{ name }}`,
  confirmRemoval: msg`Confirm removal`,
  confirmRemovalOf: (name: string) => msg`Confirm removal of ${{ name }}`,
}
