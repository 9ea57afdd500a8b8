import { memo, useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react'
import type { TrackLayer, Person } from '../meeting/selection/track-selector.ts'
import type { TrackRef } from '../meeting/selection/connection-view.ts'

/**
 * The sound of all others. Each track has one element per connection that carries it, so that a change of connection
 * needs no new element. Exactly one of them is open: two would be an echo.
 */
export const AudioTracks = memo(function AudioTracks({ people }: { people: readonly Person<TrackRef>[] }) {
  const tracks = people
    .filter(({ isLocal }) => !isLocal)
    .flatMap(({ microphone, shareAudio }) => [microphone, shareAudio])
    .filter((track) => track !== undefined)
  return (
    <div hidden>
      {tracks.flatMap((selected) =>
        [selected, ...selected.behind].map((layer) => (
          <AudioElement
            key={`${selected.key}/${layer.connectionId}`}
            layer={layer}
            open={layer === selected}
            identity={selected.identity}
            source={selected.source}
          />
        )),
      )}
    </div>
  )
})

type AudioElementProps = { layer: TrackLayer<TrackRef>; open: boolean; identity: string; source: string }

function AudioElement({ layer, open, identity, source }: AudioElementProps) {
  const element = useRef<HTMLAudioElement>(null)
  const { track } = layer.ref
  // Not with the muting of the components library, which would stop the stream at the node.
  const setOpen = useEffectEvent(() => {
    if (element.current) element.current.muted = !open
  })
  useEffect(() => {
    const { current } = element
    if (!track || !current) return undefined
    // LiveKit unmutes the element that it attaches to; at volume 0 that is inaudible.
    current.volume = 0
    track.attach(current)
    setOpen()
    current.volume = 1
    return () => void track.detach(current)
  }, [track])
  // Layout effects run before effects, so the old element always closes before the new one opens.
  useLayoutEffect(() => {
    if (!open) setOpen()
  }, [open])
  useEffect(() => {
    if (open) setOpen()
  }, [open])
  // oxlint-disable-next-line jsx-a11y/media-has-caption -- live voices have none
  return <audio ref={element} data-identity={identity} data-source={source} data-epoch={layer.epoch} />
}
