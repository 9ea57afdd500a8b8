import { usePagination } from '@livekit/components-react'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { CSSProperties, ReactNode } from 'react'
import { formatNumber } from '../i18n/format.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import type { TrackRef } from '../meeting/selection/connection-view.ts'
import type { Person } from '../meeting/selection/track-selector.ts'
import { PAGE_SWITCH_PX } from '../tuning.ts'
import { floatingWidth, planGrid, tilesPerPage } from './grid-layout.ts'
import { text } from './messages.ts'
import styles from './stage.module.css'
import { Tile } from './Tile.tsx'
import type { OnFrame } from './VideoLayers.tsx'

type Props = {
  people: readonly Person<TrackRef>[]
  view: MeetingView
  pinned: string | undefined
  onPin: (identity: string | undefined) => void
  onFrame: OnFrame
  /** Width of the stage in CSS pixels. */
  width: number
  height: number
  /** Our own small picture, shown in the corner of the last tile. */
  floating?: ReactNode
}

/** All tiles in one size, on several pages if there are too many. */
export function Grid({ people, view, width, height, floating, pinned, onPin, onFrame }: Props) {
  const paged = tilesPerPage(people.length, width, height) < people.length
  // The page switch has its own space: over the tiles it would hide names.
  const tilesHeight = paged ? height - PAGE_SWITCH_PX : height
  // LiveKit keeps tiles where they are and brings speakers onto the first page.
  const pages = usePagination(
    tilesPerPage(people.length, width, tilesHeight),
    people.map(({ ref }) => ref),
  )
  const onPage = pages.tracks.flatMap(
    (ref) => people.find(({ identity }) => identity === ref.participant.identity) ?? [],
  )
  const plan = planGrid(onPage.length, width, tilesHeight)
  const size = {
    '--tile-w': `${plan.tileWidth}px`,
    '--tile-h': `${plan.tileHeight}px`,
    '--columns': plan.columns,
    '--rows': plan.rows,
    '--floating-w': `${floatingWidth(width)}px`,
  } as CSSProperties
  return (
    <>
      <div className={styles.grid} data-paged={paged} style={size}>
        {onPage.map((person) => (
          <Tile
            key={person.identity}
            person={person}
            source="camera"
            selected={person.camera}
            ownCamera={person.isLocal ? view.ownCamera : undefined}
            handUp={view.hands.has(person.identity)}
            pinned={pinned === person.identity}
            onPin={people.length > 1 ? onPin : undefined}
            onFrame={onFrame}
          />
        ))}
        {floating}
      </div>
      {pages.totalPageCount > 1 && (
        <PageSwitch
          page={pages.currentPage}
          pages={pages.totalPageCount}
          onPrevious={pages.prevPage}
          onNext={pages.nextPage}
        />
      )}
    </>
  )
}

type PageSwitchProps = { page: number; pages: number; onPrevious: () => void; onNext: () => void }

function PageSwitch({ page, pages, onPrevious, onNext }: PageSwitchProps) {
  const t = useTranslate()
  return (
    <nav className={styles.pages} aria-label={t(text.pages)}>
      <button type="button" aria-label={t(text.previousPage)} onClick={onPrevious}>
        <ChevronLeft />
      </button>
      <span aria-live="polite">{t(text.pageOf(formatNumber(page), formatNumber(pages)))}</span>
      <button type="button" aria-label={t(text.nextPage)} onClick={onNext}>
        <ChevronRight />
      </button>
    </nav>
  )
}
