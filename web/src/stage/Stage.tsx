import { useCallback } from 'react'
import { useTranslate } from '../i18n/use-translate.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import type { Meeting } from '../meeting/meeting.ts'
import { FLOATING_OVER_MAX, PHONE_MAX_PX } from '../tuning.ts'
import type { LayoutName } from '../ui/panels.ts'
import { useSize } from '../ui/use-size.ts'
import { Grid } from './Grid.tsx'
import { text } from './messages.ts'
import { Speaker } from './Speaker.tsx'
import styles from './stage.module.css'
import { Tile } from './Tile.tsx'

type Props = {
  meeting: Meeting
  view: MeetingView
  layout: LayoutName
  /** Identity of the person whose screen is shown large. */
  shareOwner: string | undefined
  pinned: string | undefined
  onPin: (identity: string | undefined) => void
}

/** The pictures of a meeting. */
export function Stage(props: Props) {
  const t = useTranslate()
  const [stage, { width, height }] = useSize<HTMLDivElement>()
  const { meeting, view, layout } = props
  const onFrame = useCallback((sid: string, enough: boolean) => meeting.onFrame(sid, enough), [meeting])
  const me = view.people.find(({ isLocal }) => isLocal)
  const others = view.people.filter(({ isLocal }) => !isLocal)
  const isPhone = width > 0 && width < PHONE_MAX_PX
  const asGrid = layout === 'grid' || (view.people.length < 2 && props.shareOwner === undefined)
  const floating =
    isPhone && asGrid && me !== undefined && others.length > 0 && others.length <= FLOATING_OVER_MAX
  const shown = floating ? others : view.people
  return (
    <div ref={stage} className={styles.stage}>
      {asGrid ? (
        <Grid
          {...props}
          people={shown}
          width={width}
          height={height}
          onFrame={onFrame}
          floating={
            floating && (
              <Tile
                floating
                person={me}
                source="camera"
                selected={me.camera}
                ownCamera={view.ownCamera}
                handUp={view.handUp}
                onFrame={onFrame}
              />
            )
          }
        />
      ) : (
        <Speaker {...props} people={shown} onFrame={onFrame} />
      )}
      {others.length === 0 && view.connection === 'connected' && (
        <p className={styles.firstHere}>{t(text.firstHere)}</p>
      )}
    </div>
  )
}
