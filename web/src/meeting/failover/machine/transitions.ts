import {
  activateJoined,
  activeIsDown,
  dropFailedStart,
  isFinal,
  isFinalAndTroubled,
  isLostWithoutOther,
  isOutdated,
  isProbing,
  isStarting,
  leaveActive,
  meetingIsOver,
  noteRejoinEnd,
  openAnswered,
  openFirst,
  reopenAnswered,
  runsOnNewNode,
  runsWhereJoined,
  showRefusal,
  startProbe,
  takeAnswer,
} from './answers.ts'
import { endAsAsked, endAsEnded, endAsLost } from './ending.ts'
import type { EventOf, FailoverEvent } from './events.ts'
import { changeLink, linkChanges } from './links.ts'
import {
  noteTrackChanges,
  refreshIfChanged,
  updateMirroring,
  updateOverdue,
  updateReceiveQuality,
  updateSilence,
} from './media.ts'
import {
  isAcceptedElsewhere,
  isActive,
  isNewMessage,
  isRunning,
  isStillDegraded,
  keepToken,
  markUnreachable,
  publishEarly,
  rejoinOnce,
  rejoinStaggered,
  rememberMessage,
  removeEvicted,
} from './nodes.ts'
import { checkHandover } from './previous.ts'
import { hasFreshAccess, refresh, rejoinNow, reopenWithFreshAccess, watchHandover } from './recovery.ts'
import { firstPicture, followStandby, openStandby, rememberPicture, wantsStandby } from './standby.ts'
import type { Transition } from './transition.ts'

/** One line of the table. Guards and actions are named functions, so that the table can be printed. */
type Rule<E> = {
  /** Absent: the rule always applies. */
  readonly guard?: (t: Transition, event: E) => boolean
  readonly actions: readonly ((t: Transition, event: E) => void)[]
}

/**
 * The state machine: for each event the first rule whose guard holds. If none holds, nothing happens, and after the
 * end nothing happens at all. docs/meeting-connections.md is printed from this table and those in links.ts.
 */
export const EVENT_RULES: { readonly [T in FailoverEvent['type']]: readonly Rule<EventOf<T>>[] } = {
  begin: [{ guard: isStarting, actions: [takeAnswer, dropFailedStart, openFirst] }],
  'link-signal': [{ guard: linkChanges, actions: [changeLink] }],
  'signal-connected': [{ guard: isAcceptedElsewhere, actions: [publishEarly] }],
  evicted: [{ guard: isActive, actions: [endAsAsked] }, { actions: [removeEvicted] }],
  'node-message': [{ guard: isNewMessage, actions: [rememberMessage, rejoinStaggered] }],
  'token-refreshed': [{ actions: [keepToken] }],
  'rejoin-answered': [
    { guard: isOutdated, actions: [] },
    {
      guard: runsWhereJoined,
      actions: [takeAnswer, leaveActive, activateJoined, watchHandover, followStandby, refresh],
    },
    {
      guard: runsOnNewNode,
      actions: [takeAnswer, leaveActive, openAnswered, watchHandover, followStandby, refresh],
    },
    { guard: activeIsDown, actions: [takeAnswer, reopenAnswered, followStandby, refresh] },
    { actions: [takeAnswer, followStandby, refresh] },
  ],
  'rejoin-refused': [
    { guard: isLostWithoutOther, actions: [startProbe, showRefusal] },
    { guard: meetingIsOver, actions: [showRefusal, endAsEnded] },
    { guard: isFinalAndTroubled, actions: [showRefusal, endAsLost] },
    { guard: isFinal, actions: [showRefusal, noteRejoinEnd] },
    { actions: [showRefusal] },
  ],
  'node-answers': [
    { guard: isProbingWithFreshAccess, actions: [reopenWithFreshAccess] },
    { guard: isProbing, actions: [rejoinNow] },
  ],
  'node-unreachable': [{ guard: isStillDegraded, actions: [markUnreachable, refresh] }],
  'media-sampled': [
    {
      actions: [
        noteTrackChanges,
        updateSilence,
        updateMirroring,
        updateReceiveQuality,
        updateOverdue,
        refreshIfChanged,
      ],
    },
  ],
  'standby-due': [{ guard: wantsStandby, actions: [openStandby, refresh] }],
  'handover-due': [{ actions: [checkHandover] }],
  'page-resumed': [{ guard: isRunning, actions: [rejoinOnce] }],
  'picture-shown': [
    { guard: isRunningAndFirstPicture, actions: [rememberPicture, followStandby] },
    { actions: [rememberPicture] },
  ],
  leave: [{ actions: [endAsAsked] }],
}

function isProbingWithFreshAccess(t: Transition): boolean {
  return isProbing(t) && hasFreshAccess(t)
}

function isRunningAndFirstPicture(t: Transition): boolean {
  return isRunning(t) && firstPicture(t)
}
