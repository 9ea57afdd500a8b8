import { RoomContext } from '@livekit/components-react'
import { useCallback, useMemo, useRef, useState } from 'react'
import type { ShownRefusal } from '../api/shown-problem.ts'
import { AudioFeeds } from '../stage/AudioTracks.tsx'
import { Banner } from './Banner.tsx'
import { ChatPanel } from '../chat/ChatPanel.tsx'
import { Fallible } from '../ui/ErrorBoundary.tsx'
import { ControlBar } from '../controls/ControlBar.tsx'
import { Farewell } from './MeetingEnded.tsx'
import { LeaveDialog } from '../controls/LeaveDialog.tsx'
import { Meeting } from '../meeting/meeting.ts'
import { MeetingHead } from './MeetingHead.tsx'
import { Panel } from '../ui/Panel.tsx'
import { PeoplePanel } from '../people/PeoplePanel.tsx'
import { SettingsDialog } from '../controls/SettingsDialog.tsx'
import { useShortcuts } from '../controls/shortcuts.ts'
import { Stage } from '../stage/Stage.tsx'
import { useChatLog } from '../chat/use-chat-log.ts'
import { useAnnouncements, useMeeting } from './use-meeting.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import './meeting.css'

/** A meeting that nobody has joined yet; what the browser does slowly for the first time is done here. */
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
  onBack: (why?: ShownRefusal) => void
}
export type PanelName = 'chat' | 'people'
export type LayoutName = 'grid' | 'speaker'

export function MeetingPage(props: Props) {
  const view = useMeeting(props.meeting, props.onBack)
  if (view.connection === 'over') {
    return <Farewell over={view.over ?? 'left'} onBack={() => props.onBack()} />
  }
  return (
    <RoomContext.Provider value={view.room}>
      <LiveMeeting room={props.room} hostKey={props.hostKey} meeting={props.meeting} view={view} />
    </RoomContext.Provider>
  )
}

function LiveMeeting({ room, hostKey, meeting, view }: Omit<Props, 'onBack'> & { view: MeetingView }) {
  const { answer, people, connection } = view
  const [panel, setPanel] = useState<PanelName>()
  const [chosenLayout, setLayout] = useState<LayoutName>('grid')
  const [pinned, setPinned] = useState<string>()
  const leaveDialog = useRef<HTMLDialogElement>(null)
  const settings = useRef<HTMLDialogElement>(null)
  const chat = useChatLog(meeting, panel === 'chat')
  const said = useAnnouncements(view)
  // Our own share is on our screen already: shown large it would be a hall of mirrors.
  const share = people.find((person) => person.share && !person.isLocal)
  const layout: LayoutName = share || pinned ? 'speaker' : chosenLayout

  const actions = useMemo(
    () => ({
      toggleMicrophone: () => void meeting.controls.setMicrophone(!meeting.view().microphoneOn),
      toggleCamera: () => void meeting.controls.setCamera(!meeting.view().cameraOn),
      // A closed picker is an answer, not a fault.
      toggleShare: () => void meeting.controls.setShare(!meeting.view().sharing).catch(() => undefined),
      toggleHand: () => meeting.controls.setHand(!meeting.view().handUp),
      toggleChat: () => setPanel((now) => (now === 'chat' ? undefined : 'chat')),
      togglePeople: () => setPanel((now) => (now === 'people' ? undefined : 'people')),
      toggleLayout: () => {
        setPinned(undefined)
        setLayout((now) => (now === 'grid' ? 'speaker' : 'grid'))
      },
      openSettings: () => settings.current?.showModal(),
      askToLeave: () => {
        if (answer.role === 'host' && hostKey !== undefined) leaveDialog.current?.showModal()
        else meeting.leave()
      },
    }),
    [meeting, answer.role, hostKey],
  )
  useShortcuts(actions)
  const closePanel = useCallback(() => setPanel(undefined), [])

  return (
    <div
      className="meeting"
      data-testid="meeting"
      data-connection={connection}
      data-node={answer.node}
      data-epoch={answer.epoch}
      data-standby={view.standby}
      data-socket-observed={view.socketObserved}
      data-layout={layout}
      data-panel={panel}
    >
      <MeetingHead
        title={answer.title || 'Meeting'}
        role={answer.role}
        count={people.length}
        onLeave={actions.askToLeave}
      />
      <main className="meeting-body">
        <h1 className="visually-hidden">{answer.title || 'Meeting'}</h1>
        <Banner meeting={meeting} view={view} />
        <Stage
          meeting={meeting}
          view={view}
          layout={layout}
          shareOwner={share?.identity}
          pinned={pinned}
          onPin={setPinned}
        />
        {panel && (
          <Fallible key={panel} instead={<BrokenPanel onClose={closePanel} />}>
            {panel === 'chat' && <ChatPanel chat={chat} onClose={closePanel} />}
            {panel === 'people' && <PeoplePanel room={room} view={view} onClose={closePanel} />}
          </Fallible>
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
      <AudioFeeds people={people} />
      <p className="visually-hidden" role="status" aria-live="polite">
        {said}
      </p>
      <SettingsDialog ref={settings} meeting={meeting} view={view} />
      <LeaveDialog ref={leaveDialog} meeting={meeting} room={room} hostKey={hostKey} />
    </div>
  )
}

/** A panel that broke takes nobody out of the meeting. */
function BrokenPanel({ onClose }: { onClose: () => void }) {
  return (
    <Panel title="Something broke here" onClose={onClose}>
      <p className="panel-empty" role="alert">
        The meeting goes on. Close this and open it again.
      </p>
    </Panel>
  )
}
