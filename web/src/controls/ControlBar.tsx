import { memo, type ReactNode } from 'react'
import {
  CameraIcon,
  CameraOffIcon,
  ChatIcon,
  GridIcon,
  HandIcon,
  LeaveIcon,
  MicIcon,
  MicOffIcon,
  PeopleIcon,
  SettingsIcon,
  ShareIcon,
  SpeakerViewIcon,
} from '../ui/icons.tsx'
import type { MeetingView } from '../meeting/meeting-view.ts'
import type { LayoutName, PanelName } from '../meeting-page/MeetingPage.tsx'
import { keyOf, type Actions } from './shortcuts.ts'

type Props = Pick<MeetingView, 'microphoneOn' | 'cameraOn' | 'sharing' | 'handUp'> & {
  actions: Actions
  panel: PanelName | undefined
  layout: LayoutName
  layoutFixed: boolean
  unread: number
}

const canShare = 'mediaDevices' in navigator && 'getDisplayMedia' in navigator.mediaDevices

export const ControlBar = memo(function ControlBar({
  microphoneOn,
  cameraOn,
  sharing,
  handUp,
  actions,
  panel,
  layout,
  layoutFixed,
  unread,
}: Props) {
  return (
    <footer>
      <div className="controls" role="toolbar" aria-label="Meeting controls">
        <div className="controls-group">
          <Control
            name="Microphone"
            label="Microphone"
            does={microphoneOn ? 'Mute' : 'Unmute'}
            action="toggleMicrophone"
            actions={actions}
            pressed={microphoneOn}
            state={microphoneOn ? 'on' : 'off'}
            icon={microphoneOn ? <MicIcon /> : <MicOffIcon />}
          />
          <Control
            name="Camera"
            label="Camera"
            does={cameraOn ? 'Turn camera off' : 'Turn camera on'}
            action="toggleCamera"
            actions={actions}
            pressed={cameraOn}
            state={cameraOn ? 'on' : 'off'}
            icon={cameraOn ? <CameraIcon /> : <CameraOffIcon />}
          />
          {canShare && (
            <Control
              name="Share screen"
              label="Share"
              does={sharing ? 'Stop sharing' : 'Share your screen'}
              action="toggleShare"
              actions={actions}
              pressed={sharing}
              state={sharing ? 'active' : undefined}
              icon={<ShareIcon />}
            />
          )}
          <Control
            name="Raise hand"
            label="Hand"
            does={handUp ? 'Lower your hand' : 'Raise your hand'}
            action="toggleHand"
            actions={actions}
            pressed={handUp}
            state={handUp ? 'active' : undefined}
            icon={<HandIcon />}
          />
        </div>
        <div className="controls-group">
          <Control
            name={unread > 0 ? `Chat, ${atMost99(unread)} unread` : 'Chat'}
            label="Chat"
            action="toggleChat"
            actions={actions}
            pressed={panel === 'chat'}
            state={panel === 'chat' ? 'active' : undefined}
            icon={<ChatIcon />}
            badge={unread}
          />
          <Control
            name="People"
            label="People"
            action="togglePeople"
            actions={actions}
            pressed={panel === 'people'}
            state={panel === 'people' ? 'active' : undefined}
            icon={<PeopleIcon />}
          />
          {!layoutFixed && (
            <Control
              name={layout === 'grid' ? 'Speaker layout' : 'Grid layout'}
              label={layout === 'grid' ? 'Speaker' : 'Grid'}
              action="toggleLayout"
              actions={actions}
              icon={layout === 'grid' ? <SpeakerViewIcon /> : <GridIcon />}
            />
          )}
          <Control
            name="Settings"
            label="Settings"
            action="openSettings"
            actions={actions}
            icon={<SettingsIcon />}
          />
        </div>
        <div className="controls-group end">
          <Control
            name="Leave"
            label="Leave"
            action="askToLeave"
            actions={actions}
            state="leave"
            icon={<LeaveIcon />}
          />
        </div>
      </div>
    </footer>
  )
})

type ControlProps = {
  /** What a screen reader says; the visible `label` is a part of it, so that a voice command finds it. */
  name: string
  label: string
  /** What a click does now, for the tooltip. */
  does?: string
  action: keyof Actions
  actions: Actions
  icon: ReactNode
  pressed?: boolean
  state?: 'on' | 'off' | 'active' | 'leave' | undefined
  badge?: number
}

function Control({
  name,
  label,
  does = label,
  action,
  actions,
  icon,
  pressed,
  state,
  badge = 0,
}: ControlProps) {
  const key = keyOf(action)
  return (
    <button
      type="button"
      className="control"
      data-action={action}
      data-state={state}
      data-badge={badge > 0 ? atMost99(badge) : undefined}
      aria-label={name}
      aria-pressed={pressed}
      aria-keyshortcuts={key}
      title={key ? `${does} (${key.toUpperCase()})` : does}
      onClick={actions[action]}
    >
      <span className="control-icon">{icon}</span>
      <span className="control-label">{label}</span>
    </button>
  )
}

const atMost99 = (count: number) => (count > 99 ? '99+' : String(count))
