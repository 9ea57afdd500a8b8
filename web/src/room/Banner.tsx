import { useStartAudio } from '@livekit/components-react'
import { useState } from 'react'
import { faultWords } from '../join/permission-words.ts'
import { RefusalNotice } from '../ui/RefusalNotice.tsx'
import type { Meeting, MeetingView } from './meeting.ts'
import { setShareFor, type ShareFor } from './share.ts'
import { useElsewhere } from './use-distance.ts'

/** What is going on with the connection, and only what is true: named by what works and what does not. */
const STATES: Partial<Record<MeetingView['connection'], string>> = {
  connecting: 'Connecting …',
  resuming: 'The line is shaky. Chat and controls lag until it is back.',
  reconnecting: 'You are cut off: others cannot see or hear you. Reconnecting …',
  rejoining: 'You are cut off: others cannot see or hear you. Looking for your meeting …',
}

export function Banner({ meeting, view }: { meeting: Meeting; view: MeetingView }) {
  const { canPlayAudio, mergedProps } = useStartAudio({ room: view.room, props: {} })
  const { style: _, className: __, ...soundProps } = mergedProps
  const words = STATES[view.connection]
  const elsewhere = useElsewhere(view)
  return (
    <div className="banners">
      <div role="status">
        {words && (
          <p className="banner" data-connection={view.connection}>
            <span className="spinner small" aria-hidden="true" />
            {words}
          </p>
        )}
        {elsewhere !== undefined && (
          <p className="banner" data-elsewhere={view.answer.site}>
            {elsewhere}
          </p>
        )}
      </div>
      {view.connection === 'rejoining' && view.refusal && <RefusalNotice refusal={view.refusal} />}
      {!canPlayAudio && (
        <p className="banner">
          Your browser keeps the sound off.
          <button type="button" {...soundProps} className="button small">
            Turn sound on
          </button>
        </p>
      )}
      {view.deviceFault && <DeviceBanner {...view.deviceFault} />}
      {view.sharing && <SharingBanner meeting={meeting} view={view} />}
    </div>
  )
}

function DeviceBanner({ kind, fault }: NonNullable<MeetingView['deviceFault']>) {
  const { what, todo } = faultWords(fault, kind)
  return (
    <p className="banner" role="alert" data-device-fault={fault}>
      <strong>{what}.</strong> {todo}
    </p>
  )
}

function SharingBanner({ meeting, view }: { meeting: Meeting; view: MeetingView }) {
  const [shareFor, setFor] = useState<ShareFor>('text')
  const choose = (next: ShareFor) => {
    setFor(next)
    setShareFor(view.room, next)
  }
  return (
    <div className="banner sharing">
      <span>You are sharing your screen</span>
      <fieldset className="segmented">
        <legend className="visually-hidden">Make the share best for</legend>
        {(['text', 'motion'] as const).map((option) => (
          <label key={option}>
            <input
              type="radio"
              name="share-for"
              checked={shareFor === option}
              onChange={() => choose(option)}
            />
            <span>{option === 'text' ? 'Sharp text' : 'Smooth video'}</span>
          </label>
        ))}
      </fieldset>
      <button type="button" className="button small danger" onClick={() => void meeting.setShare(false)}>
        Stop sharing
      </button>
    </div>
  )
}
