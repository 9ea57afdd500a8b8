import { usePagination, useSpeakingParticipants } from '@livekit/components-react'
import { useCallback, useEffect, useState, type CSSProperties } from 'react'
import { BackIcon, ForwardIcon } from '../ui/icons.tsx'
import { useSize } from '../ui/use-size.ts'
import type { Person } from '../meeting/selection/track-selector.ts'
import { planGrid, tilesPerPage } from './grid-layout.ts'
import type { Meeting } from '../meeting/meeting.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import type { LayoutName } from '../meeting-page/MeetingPage.tsx'
import type { TrackRef } from '../meeting/selection/connection-view.ts'
import { Tile, type OnFrame } from './Tile.tsx'

type Props = {
  meeting: Meeting
  view: MeetingView
  layout: LayoutName
  shareOwner: string | undefined
  pinned: string | undefined
  onPin: (identity: string | undefined) => void
}

/** Below this width two tiles side by side are too small, so our own picture floats over the other's. */
const PHONE_PX = 640
/** As high as the page switch in the style sheet. */
const PAGES_PX = 52
/** Over more people than these it would hide one of them; then we stand among them. */
const FLOATING_OVER_MAX = 2

export function Stage(props: Props) {
  const [stage, { width, height }] = useSize<HTMLDivElement>()
  const { meeting, view, layout } = props
  const onFrame = useCallback((sid: string, enough: boolean) => meeting.onFrame(sid, enough), [meeting])
  const me = view.people.find(({ isLocal }) => isLocal)
  const others = view.people.filter(({ isLocal }) => !isLocal)
  const phone = width > 0 && width < PHONE_PX
  const asGrid = layout === 'grid' || (view.people.length < 2 && props.shareOwner === undefined)
  const floating =
    phone && asGrid && me !== undefined && others.length > 0 && others.length <= FLOATING_OVER_MAX
  const shown = floating ? others : view.people
  const common = { ...props, onFrame, width, height, phone }
  return (
    <div ref={stage} className="stage" data-phone={phone}>
      {asGrid ? <Grid {...common} people={shown} /> : <Speaker {...common} people={shown} />}
      {floating && (
        <Tile
          floating
          person={me}
          source="camera"
          feed={me.camera}
          ownCamera={view.ownCamera}
          handUp={view.handUp}
          onFrame={onFrame}
        />
      )}
      {others.length === 0 && view.connection === 'connected' && (
        <p className="alone">You are the first one here. Share the link with “Invite”.</p>
      )}
    </div>
  )
}

type InnerProps = Props & {
  people: readonly Person<TrackRef>[]
  onFrame: OnFrame
  width: number
  height: number
  phone: boolean
}

function Grid({ people, view, width, height, pinned, onPin, onFrame }: InnerProps) {
  const paged = tilesPerPage(people.length, width, height) < people.length
  // The page switch gets room of its own: over the tiles it would hide names.
  const tilesHeight = paged ? height - PAGES_PX : height
  const perPage = tilesPerPage(people.length, width, tilesHeight)
  // LiveKit keeps tiles where they are and brings speakers onto the first page.
  const pages = usePagination(
    perPage,
    people.map(({ ref }) => ref),
  )
  const onPage = pages.tracks.flatMap(
    (ref) => people.find(({ identity }) => identity === ref.participant.identity) ?? [],
  )
  const plan = planGrid(onPage.length, width, tilesHeight)
  const size = { '--tile-w': `${plan.tileWidth}px`, '--tile-h': `${plan.tileHeight}px` } as CSSProperties
  return (
    <>
      <div className="grid" data-paged={paged} style={size}>
        {onPage.map((person) => (
          <Tile
            key={person.identity}
            person={person}
            source="camera"
            feed={person.camera}
            ownCamera={person.isLocal ? view.ownCamera : undefined}
            handUp={view.hands.has(person.identity)}
            pinned={pinned === person.identity}
            onPin={people.length > 1 ? onPin : undefined}
            onFrame={onFrame}
          />
        ))}
      </div>
      {pages.totalPageCount > 1 && (
        <nav className="pages" aria-label="Pages of people">
          <button type="button" aria-label="Previous page" onClick={pages.prevPage}>
            <BackIcon />
          </button>
          <span aria-live="polite">
            {pages.currentPage} of {pages.totalPageCount}
          </span>
          <button type="button" aria-label="Next page" onClick={pages.nextPage}>
            <ForwardIcon />
          </button>
        </nav>
      )}
    </>
  )
}

function Speaker({ people, view, shareOwner, pinned, onPin, onFrame }: InnerProps) {
  const speaking = useDominant(people)
  const sharer = view.people.find(({ identity }) => identity === shareOwner)
  const main =
    people.find(({ identity }) => identity === (pinned ?? speaking)) ??
    people.find(({ isLocal }) => !isLocal) ??
    people[0]
  const large = sharer?.share
    ? { person: sharer, source: 'screen_share' as const, feed: sharer.share }
    : undefined
  const strip = large ? people : people.filter((person) => person !== main)
  return (
    <div className="speaker" data-strip={strip.length > 0}>
      <div className="speaker-main">
        {large ? (
          <Tile key="share" {...large} onFrame={onFrame} />
        ) : (
          main && (
            <Tile
              key={main.identity}
              person={main}
              source="camera"
              feed={main.camera}
              ownCamera={main.isLocal ? view.ownCamera : undefined}
              handUp={view.hands.has(main.identity)}
              pinned={pinned === main.identity}
              onPin={onPin}
              onFrame={onFrame}
            />
          )
        )}
      </div>
      {strip.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus, or a keyboard cannot scroll it
        <div className="strip" role="group" aria-label="Everybody else" tabIndex={0}>
          {strip.map((person) => (
            <Tile
              key={person.identity}
              person={person}
              source="camera"
              feed={person.camera}
              ownCamera={person.isLocal ? view.ownCamera : undefined}
              handUp={view.hands.has(person.identity)}
              onPin={large ? undefined : onPin}
              onFrame={onFrame}
            />
          ))}
        </div>
      )}
    </div>
  )
}

/** The last one who spoke, not counting ourselves: the large picture must not jump back in a pause. */
function useDominant(people: readonly Person<TrackRef>[]): string | undefined {
  const speaking = useSpeakingParticipants()
  const [last, setLast] = useState<string>()
  const loudest = speaking.find(({ isLocal }) => !isLocal)?.identity
  useEffect(() => {
    if (loudest !== undefined) setLast(loudest)
  }, [loudest])
  return people.some(({ identity }) => identity === last) ? last : undefined
}
