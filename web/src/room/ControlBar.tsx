import type { ReactNode } from 'react'
import {
  CameraIcon,
  CameraOffIcon,
  ChatIcon,
  GridIcon,
  LeaveIcon,
  MicIcon,
  MicOffIcon,
  PeopleIcon,
  SettingsIcon,
  ShareIcon,
  SpeakerViewIcon,
} from '../ui/icons.tsx'
import type { MeetingView } from './meeting.ts'
import type { LayoutName, PanelName } from './MeetingPage.tsx'
import { keyOf, type Actions } from './shortcuts.ts'

type Props = {
  view: MeetingView
  actions: Actions
  panel: PanelName | undefined
  layout: LayoutName
  layoutFixed: boolean
  unread: number
}

const canShare = 'mediaDevices' in navigator && 'getDisplayMedia' in navigator.mediaDevices

export function ControlBar({ view, actions, panel, layout, layoutFixed, unread }: Props) {
  const { microphoneOn, cameraOn, sharing } = view
  return (
    <footer className="controls" role="toolbar" aria-label="Meeting controls">
      <div className="controls-group">
        <Control
          name="Microphone"
          label={microphoneOn ? 'Mute' : 'Unmute'}
          action="toggleMicrophone"
          actions={actions}
          pressed={microphoneOn}
          state={microphoneOn ? 'on' : 'off'}
          icon={microphoneOn ? <MicIcon /> : <MicOffIcon />}
        />
        <Control
          name="Camera"
          label={cameraOn ? 'Stop video' : 'Start video'}
          action="toggleCamera"
          actions={actions}
          pressed={cameraOn}
          state={cameraOn ? 'on' : 'off'}
          icon={cameraOn ? <CameraIcon /> : <CameraOffIcon />}
        />
        {canShare && (
          <Control
            name="Share screen"
            label={sharing ? 'Stop share' : 'Share'}
            action="toggleShare"
            actions={actions}
            pressed={sharing}
            state={sharing ? 'active' : undefined}
            icon={<ShareIcon />}
          />
        )}
      </div>
      <div className="controls-group">
        <Control
          name={unread > 0 ? `Chat, ${unread} unread` : 'Chat'}
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
    </footer>
  )
}

type ControlProps = {
  /** What a screen reader says; it stays the same while `label` says what a click does. */
  name: string
  label: string
  action: keyof Actions
  actions: Actions
  icon: ReactNode
  pressed?: boolean
  state?: 'on' | 'off' | 'active' | 'leave' | undefined
  badge?: number
}

function Control({ name, label, action, actions, icon, pressed, state, badge = 0 }: ControlProps) {
  const key = keyOf(action)
  return (
    <button
      type="button"
      className="control"
      data-action={action}
      data-state={state}
      aria-label={name}
      aria-pressed={pressed}
      aria-keyshortcuts={key}
      title={key ? `${label} (${key.toUpperCase()})` : label}
      onClick={actions[action]}
    >
      <span className="control-icon">
        {icon}
        {badge > 0 && <span className="badge">{badge > 9 ? '9+' : badge}</span>}
      </span>
      <span className="control-label" aria-hidden="true">
        {label}
      </span>
    </button>
  )
}
