import { AudioTrack, isTrackReference } from '@livekit/components-react'
import type { Person } from './feeds.ts'
import type { Ref } from './slot.ts'

/** Everybody's sound, one element per feed of the selector: never two of the same voice. */
export function AudioFeeds({ people }: { people: readonly Person<Ref>[] }) {
  const feeds = people
    .filter(({ isLocal }) => !isLocal)
    .flatMap(({ microphone, shareAudio }) => [microphone, shareAudio])
    .filter((feed) => feed !== undefined)
  return (
    <div hidden>
      {feeds.map(
        ({ key, epoch, ref, identity, source }) =>
          isTrackReference(ref) && (
            <AudioTrack
              key={`${key}/${epoch}`}
              trackRef={ref}
              data-identity={identity}
              data-source={source}
            />
          ),
      )}
    </div>
  )
}
