import { useCallback, useMemo, useRef, useState, type RefObject } from 'react'
import type { Actions } from '../controls/shortcuts.ts'
import type { Meeting } from '../meeting/meeting.ts'
import type { LayoutName, PanelName } from '../ui/panels.ts'

type Options = {
  meeting: Meeting
  /** This person can end the meeting for everyone, so a dialog opens before leaving. */
  canEnd: boolean
  /** Must keep its identity, as `meeting` does: the shortcuts depend on it. */
  unpin: () => void
}

type PageState = {
  actions: Actions
  panel: PanelName | undefined
  closePanel: () => void
  chosenLayout: LayoutName
  leaveDialog: RefObject<HTMLDialogElement | null>
  settingsDialog: RefObject<HTMLDialogElement | null>
}

/** The actions of buttons and keys, and the state of the page that they change. */
export function useActions({ meeting, canEnd, unpin }: Options): PageState {
  const [panel, setPanel] = useState<PanelName>()
  const [chosenLayout, setLayout] = useState<LayoutName>('grid')
  const leaveDialog = useRef<HTMLDialogElement>(null)
  const settingsDialog = useRef<HTMLDialogElement>(null)
  const actions = useMemo(
    () => ({
      toggleMicrophone: () => void meeting.controls.setMicrophone(!meeting.view().microphoneOn),
      toggleCamera: () => void meeting.controls.setCamera(!meeting.view().cameraOn),
      // Closing the picker is not an error.
      toggleShare: () => void meeting.controls.setShare(!meeting.view().sharing).catch(() => undefined),
      toggleHand: () => meeting.controls.setHand(!meeting.view().handUp),
      toggleChat: () => setPanel((now) => (now === 'chat' ? undefined : 'chat')),
      togglePeople: () => setPanel((now) => (now === 'people' ? undefined : 'people')),
      toggleLayout: () => {
        unpin()
        setLayout((now) => (now === 'grid' ? 'speaker' : 'grid'))
      },
      openSettings: () => settingsDialog.current?.showModal(),
      askToLeave: () => {
        if (canEnd) leaveDialog.current?.showModal()
        else meeting.leave()
      },
    }),
    [meeting, canEnd, unpin],
  )
  const closePanel = useCallback(() => setPanel(undefined), [])
  return { actions, panel, closePanel, chosenLayout, leaveDialog, settingsDialog }
}
