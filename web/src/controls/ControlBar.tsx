import {
  Grid2x2,
  GalleryVerticalEnd,
  Hand,
  LogOut,
  MessageSquare,
  Mic,
  MicOff,
  MonitorUp,
  SlidersHorizontal,
  Users,
  Video,
  VideoOff,
} from 'lucide-react'
import { memo } from 'react'
import { formatNumber } from '../i18n/format.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import { BADGE_MAX } from '../tuning.ts'
import type { LayoutName, PanelName } from '../ui/panels.ts'
import { Control } from './Control.tsx'
import styles from './controls.module.css'
import { text } from './messages.ts'
import type { Actions } from './shortcuts.ts'

type Props = Pick<MeetingView, 'microphoneOn' | 'cameraOn' | 'sharing' | 'handUp'> & {
  actions: Actions
  panel: PanelName | undefined
  layout: LayoutName
  /** A screen is shared, so the layout cannot be chosen. */
  layoutFixed: boolean
  unread: number
}

const canShare = 'mediaDevices' in navigator && 'getDisplayMedia' in navigator.mediaDevices

export const ControlBar = memo(function ControlBar(props: Props) {
  const t = useTranslate()
  return (
    <footer>
      <div className={styles.bar} role="toolbar" aria-label={t(text.toolbar)}>
        <OwnControls {...props} />
        <ViewControls {...props} />
        <div className={styles.end}>
          <Control
            action="askToLeave"
            actions={props.actions}
            name={t(text.leave)}
            state="leave"
            icon={<LogOut />}
          />
        </div>
      </div>
    </footer>
  )
})

function OwnControls({ microphoneOn, cameraOn, sharing, handUp, actions }: Props) {
  const t = useTranslate()
  return (
    <div className={styles.group}>
      <Control
        action="toggleMicrophone"
        actions={actions}
        name={t(text.microphone)}
        tooltip={t(microphoneOn ? text.mute : text.unmute)}
        pressed={microphoneOn}
        state={microphoneOn ? 'on' : 'off'}
        icon={microphoneOn ? <Mic /> : <MicOff />}
      />
      <Control
        action="toggleCamera"
        actions={actions}
        name={t(text.camera)}
        tooltip={t(cameraOn ? text.cameraOff : text.cameraOn)}
        pressed={cameraOn}
        state={cameraOn ? 'on' : 'off'}
        icon={cameraOn ? <Video /> : <VideoOff />}
      />
      {canShare && (
        <Control
          action="toggleShare"
          actions={actions}
          name={t(text.shareScreen)}
          caption={t(text.share)}
          tooltip={t(sharing ? text.stopSharing : text.shareYourScreen)}
          pressed={sharing}
          state={sharing ? 'active' : undefined}
          icon={<MonitorUp />}
        />
      )}
      <Control
        action="toggleHand"
        actions={actions}
        name={t(text.raiseHand)}
        caption={t(text.hand)}
        tooltip={t(handUp ? text.lowerYourHand : text.raiseYourHand)}
        pressed={handUp}
        state={handUp ? 'active' : undefined}
        icon={<Hand />}
      />
    </div>
  )
}

function ViewControls({ actions, panel, layout, layoutFixed, unread }: Props) {
  const t = useTranslate()
  const unreadText = unread > BADGE_MAX ? t(text.moreThan(formatNumber(BADGE_MAX))) : formatNumber(unread)
  return (
    <div className={styles.group}>
      <Control
        action="toggleChat"
        actions={actions}
        name={t(unread > 0 ? text.chatUnread(unreadText) : text.chat)}
        caption={t(text.chat)}
        pressed={panel === 'chat'}
        state={panel === 'chat' ? 'active' : undefined}
        icon={<MessageSquare />}
        badge={unread > 0 ? unreadText : undefined}
      />
      <Control
        action="togglePeople"
        actions={actions}
        name={t(text.people)}
        pressed={panel === 'people'}
        state={panel === 'people' ? 'active' : undefined}
        icon={<Users />}
      />
      {!layoutFixed && (
        <Control
          action="toggleLayout"
          actions={actions}
          name={t(layout === 'grid' ? text.toActiveSpeaker : text.toGallery)}
          caption={t(text.layout)}
          tooltip={t(layout === 'grid' ? text.toActiveSpeaker : text.toGallery)}
          icon={layout === 'grid' ? <GalleryVerticalEnd /> : <Grid2x2 />}
        />
      )}
      <Control action="openSettings" actions={actions} name={t(text.settings)} icon={<SlidersHorizontal />} />
    </div>
  )
}
