import type { JoinAnswer } from '@levee/control-plane/contract'
import type { Room } from 'livekit-client'
import type { NodeConnection } from '../connections/connection.ts'
import type { Connections } from '../connections/connections.ts'

/** Joining a standby is in the access of nobody's first picture, nor of a move; an empty meeting has neither. */
const AFTER_MS = 2_000
/** A standby whose node is unreachable: the control plane is asked for another one, ever more seldom. */
const AGAIN_MS = { first: 1_000, longest: 30_000 }

type Deps = {
  connections: Connections
  newRoom: () => Room
  drop: (connection: NodeConnection) => void
  onChange: () => void
  /** Asks the control plane once, after a moment. */
  askIn: (ms: number) => void
}

/** Keeps the one standby that the last answer names. */
export class Standby {
  readonly #deps: Deps
  #access: JoinAnswer['standby'] = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #tries = 0

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** `calm`: nobody pending for anything, it can be joined now. */
  follow(access: JoinAnswer['standby'], calm: boolean): void {
    const { connections, drop } = this.#deps
    const { standby } = connections
    this.#access = access
    if (standby && standby.epoch === access?.epoch) {
      standby.sound = access.sound
      return
    }
    // What is shown just now is not thrown away for nothing.
    if (standby && !(access === null && standby.promoted)) drop(standby)
    if (!access || connections.standby || connections.active?.link !== 'up') return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#open(), calm ? 0 : AFTER_MS)
  }

  /** Its link has changed. */
  onLinkChange(connection: NodeConnection): void {
    if (connection.link === 'up') {
      this.#tries = 0
    } else if (connection.link === 'reconnecting' || connection.link === 'closed') {
      this.#deps.drop(connection)
      this.#deps.askIn(Math.min(AGAIN_MS.first * 2 ** this.#tries++, AGAIN_MS.longest))
    }
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #open(): void {
    const { connections, newRoom, onChange } = this.#deps
    const access = this.#access
    const { active, standby } = connections
    if (!access || standby || active?.link !== 'up' || access.epoch <= active.epoch) return
    const { connection } = connections.open(access, 'standby', newRoom())
    connection.sound = access.sound
    onChange()
  }
}
