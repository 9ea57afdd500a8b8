import { RoomContext } from '@livekit/components-react'
import { useCallback, useState } from 'react'
import type { ShownProblem } from '../api/shown-problem.ts'
import { ChatPanel } from '../chat/ChatPanel.tsx'
import { useChatLog } from '../chat/use-chat-log.ts'
import { ControlBar } from '../controls/ControlBar.tsx'
import { LeaveDialog } from '../controls/LeaveDialog.tsx'
import { SettingsDialog } from '../controls/SettingsDialog.tsx'
import { useShortcuts } from '../controls/shortcuts.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import { Meeting } from '../meeting/meeting.ts'
import { PeoplePanel } from '../people/PeoplePanel.tsx'
import { AudioTracks } from '../stage/AudioTracks.tsx'
import { Stage } from '../stage/Stage.tsx'
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx'
import { Panel, PanelEmpty } from '../ui/Panel.tsx'
import textStyles from '../ui/text.module.css'
import { Banners } from './Banners.tsx'
import { MeetingEnded } from './MeetingEnded.tsx'
import { MeetingHead } from './MeetingHead.tsx'
import styles from './meeting.module.css'
import { text } from './messages.ts'
import { useActions } from './use-actions.ts'
import { useAnnouncements, useMeeting } from './use-meeting.ts'

/** Creates a meeting before it is joined, and warms up what a browser does slowly the first time. */
export function newMeeting(room: string): Meeting {
  warmUp()
  return new Meeting(room)
}

/** The first peer connection of a page costs tens of milliseconds. */
function warmUp(): void {
  const peer = new RTCPeerConnection()
  peer.createDataChannel('warm-up')
  void peer.createOffer().finally(() => peer.close())
}

type Props = {
  room: string
  hostKey: string | undefined
  meeting: Meeting
  onBack: (problem?: ShownProblem) => void
}

export function MeetingPage(props: Props) {
  const view = useMeeting(props.meeting, props.onBack)
  if (view.connection === 'over') {
    return <MeetingEnded over={view.over ?? 'left'} onBack={() => props.onBack()} />
  }
  return (
    <RoomContext.Provider value={view.room}>
      <LiveMeeting room={props.room} hostKey={props.hostKey} meeting={props.meeting} view={view} />
    </RoomContext.Provider>
  )
}

function LiveMeeting({ room, hostKey, meeting, view }: Omit<Props, 'onBack'> & { view: MeetingView }) {
  const t = useTranslate()
  const { answer, people } = view
  const [pinned, setPinned] = useState<string>()
  const { actions, panel, closePanel, chosenLayout, leaveDialog, settingsDialog } = useActions({
    meeting,
    canEnd: answer.role === 'host' && hostKey !== undefined,
    unpin: useCallback(() => setPinned(undefined), []),
  })
  useShortcuts(actions)
  const chat = useChatLog(meeting, panel === 'chat')
  const announcements = useAnnouncements(view)
  // Our own share is not shown large: it would show itself within itself endlessly.
  const share = people.find((person) => person.share && !person.isLocal)
  const layout = share || pinned ? 'speaker' : chosenLayout
  const title = answer.title || t(text.untitled)

  return (
    <div
      className={styles.meeting}
      data-testid="meeting"
      data-connection={view.connection}
      data-node={answer.node}
      data-epoch={answer.epoch}
      data-standby={view.standby}
      data-socket-observed={view.socketObserved}
      data-layout={layout}
      data-panel={panel}
    >
      <MeetingHead title={title} role={answer.role} count={people.length} onLeave={actions.askToLeave} />
      <main className={styles.body}>
        <h1 className={textStyles.visuallyHidden}>{title}</h1>
        <div className={styles.banners}>
          <Banners meeting={meeting} view={view} />
        </div>
        <div className={styles.stage}>
          <Stage
            meeting={meeting}
            view={view}
            layout={layout}
            shareOwner={share?.identity}
            pinned={pinned}
            onPin={setPinned}
          />
        </div>
        {panel && (
          <ErrorBoundary key={panel} fallback={<BrokenPanel onClose={closePanel} />}>
            {panel === 'chat' && <ChatPanel chat={chat} onClose={closePanel} />}
            {panel === 'people' && <PeoplePanel room={room} view={view} onClose={closePanel} />}
          </ErrorBoundary>
        )}
      </main>
      <ControlBar
        microphoneOn={view.microphoneOn}
        cameraOn={view.cameraOn}
        sharing={view.sharing}
        handUp={view.handUp}
        actions={actions}
        panel={panel}
        layout={layout}
        unread={chat.unread}
        layoutFixed={share !== undefined}
      />
      <AudioTracks people={people} />
      <p className={textStyles.visuallyHidden} role="status" aria-live="polite">
        {announcements.map(t).join(' ')}
      </p>
      <SettingsDialog ref={settingsDialog} meeting={meeting} view={view} />
      <LeaveDialog ref={leaveDialog} meeting={meeting} room={room} hostKey={hostKey} />
    </div>
  )
}

/** An error in a panel does not end the meeting. */
function BrokenPanel({ onClose }: { onClose: () => void }) {
  const t = useTranslate()
  return (
    <Panel title={t(text.panelBroken)} closeLabel={t(text.closePanel)} onClose={onClose}>
      <PanelEmpty role="alert">{t(text.panelBrokenAdvice)}</PanelEmpty>
    </Panel>
  )
}
