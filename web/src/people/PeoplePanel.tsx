import { useState } from 'react'
import { problemMessages } from '../api/problem-messages.ts'
import type { RefusalCode } from '../api/client.ts'
import { formatNumber } from '../i18n/format.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import { Notice } from '../ui/elements/Notice.tsx'
import { Panel } from '../ui/Panel.tsx'
import { text } from './messages.ts'
import { muteEverywhere, removePerson } from './moderation.ts'
import styles from './people.module.css'
import { PersonRow } from './PersonRow.tsx'

type Props = { room: string; view: MeetingView; onClose: () => void }

/** Who is in the meeting; a host can mute and remove others. */
export function PeoplePanel({ room, view, onClose }: Props) {
  const t = useTranslate()
  const { people, answer } = view
  const [problem, setProblem] = useState<RefusalCode>()
  const asHost = answer.role === 'host'
  const act = async (action: ReturnType<typeof removePerson>) => {
    const done = await action
    setProblem(done.ok ? undefined : done.refusal.code)
  }
  return (
    <Panel title={t(text.people(formatNumber(people.length)))} closeLabel={t(text.close)} onClose={onClose}>
      {problem !== undefined && (
        <Notice
          tone="bad"
          role="alert"
          className={styles.problem}
          heading={t(problemMessages(problem).title)}
        />
      )}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus, or a keyboard cannot scroll it */}
      <ul className={styles.people} aria-label={t(text.list)} tabIndex={0}>
        {people.map((person) => (
          <PersonRow
            key={person.identity}
            person={person}
            handUp={view.hands.has(person.identity)}
            canModerate={asHost && !person.isLocal}
            onMute={(ref) => void act(muteEverywhere(room, answer.rejoinTicket, ref))}
            onRemove={() => void act(removePerson(room, answer.rejoinTicket, person.identity))}
          />
        ))}
      </ul>
    </Panel>
  )
}
