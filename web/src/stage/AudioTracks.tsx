import { memo, useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react'
import type { TrackLayer, Person } from '../meeting/selection/track-selector.ts'
import type { TrackRef } from '../meeting/selection/connection-view.ts'

/**
 * Everybody's sound. A feed has an element for each slot that carries it, so that a change needs no new one, and
 * exactly one of them is open: two would be an echo.
 */
export const AudioFeeds = memo(function AudioFeeds({ people }: { people: readonly Person<TrackRef>[] }) {
  const feeds = people
    .filter(({ isLocal }) => !isLocal)
    .flatMap(({ microphone, shareAudio }) => [microphone, shareAudio])
    .filter((feed) => feed !== undefined)
  return (
    <div hidden>
      {feeds.flatMap((feed) =>
        [feed, ...feed.behind].map((layer) => (
          <Sound
            key={`${feed.key}/${layer.connectionId}`}
            layer={layer}
            open={layer === feed}
            identity={feed.identity}
            source={feed.source}
          />
        )),
      )}
    </div>
  )
})

type SoundProps = { layer: TrackLayer<TrackRef>; open: boolean; identity: string; source: string }

function Sound({ layer, open, identity, source }: SoundProps) {
  const element = useRef<HTMLAudioElement>(null)
  const { track } = layer.ref
  // The components library's own switch would stop the stream at the node.
  const setOpen = useEffectEvent(() => {
    if (element.current) element.current.muted = !open
  })
  useEffect(() => {
    const { current } = element
    if (!track || !current) return undefined
    // LiveKit opens what it attaches: nobody must hear that.
    current.volume = 0
    track.attach(current)
    setOpen()
    current.volume = 1
    return () => void track.detach(current)
  }, [track])
  // Whoever closes does so before anybody opens, however busy the machine is in between.
  useLayoutEffect(() => {
    if (!open) setOpen()
  }, [open])
  useEffect(() => {
    if (open) setOpen()
  }, [open])
  // oxlint-disable-next-line jsx-a11y/media-has-caption -- live voices have none
  return <audio ref={element} data-identity={identity} data-source={source} data-epoch={layer.epoch} />
}
