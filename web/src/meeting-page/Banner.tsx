import { useStartAudio } from '@livekit/components-react'
import { useState } from 'react'
import { faultWords } from '../devices/permission-messages.ts'
import { bannerWords, stoppingWords } from './banner-messages.ts'
import type { ShareFor } from '../devices/capture.ts'
import type { Meeting } from '../meeting/meeting.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import { useElsewhere } from './use-distance.ts'

export function Banner({ meeting, view }: { meeting: Meeting; view: MeetingView }) {
  const { canPlayAudio, mergedProps } = useStartAudio({ room: view.room, props: {} })
  const { style: _, className: __, ...soundProps } = mergedProps
  const words = bannerWords(view)
  const stopping = stoppingWords(view)
  const elsewhere = useElsewhere(view)
  return (
    <div className="banners">
      <div role="status">
        {words !== undefined && (
          <p className="banner" data-connection={view.connection} data-refusal={view.refusal?.code}>
            <span className="spinner small" aria-hidden="true" />
            {words}
          </p>
        )}
        {stopping !== undefined && (
          <p className="banner" data-stopping={view.answer.node}>
            {stopping}
          </p>
        )}
        {elsewhere !== undefined && (
          <p className="banner" data-elsewhere={view.answer.site}>
            {elsewhere}
          </p>
        )}
      </div>
      {!canPlayAudio && (
        <p className="banner">
          Your browser keeps the sound off.
          <button type="button" {...soundProps} className="button small">
            Turn sound on
          </button>
        </p>
      )}
      {view.deviceFault && <DeviceBanner {...view.deviceFault} />}
      {view.sharing && <SharingBanner meeting={meeting} />}
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

function SharingBanner({ meeting }: { meeting: Meeting }) {
  const [shareFor, setFor] = useState<ShareFor>('text')
  const choose = (next: ShareFor) => {
    setFor(next)
    meeting.controls.setShareFor(next)
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
      <button
        type="button"
        className="button small danger"
        onClick={() => void meeting.controls.setShare(false)}
      >
        Stop sharing
      </button>
    </div>
  )
}
