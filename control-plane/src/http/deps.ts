import type { FastifyBaseLogger } from 'fastify'
import type { OfflineRoomsInput } from '../use-cases/rooms/adopt-offline-rooms.ts'
import type { CreateRoomInput, RoomCreated } from '../use-cases/rooms/create-room.ts'
import type { Joined, JoinRefusal } from '../use-cases/rooms/join-room.ts'
import type { RoomSeen } from '../use-cases/rooms/view-room.ts'
import type { NodeSummary, SiteSummary } from '../use-cases/nodes/view-fleet.ts'
import type { StateWish } from '../use-cases/nodes/set-node-state.ts'
import type { ReportInput } from '../use-cases/nodes/report-node.ts'
import type { NodeOrder } from '../domain/nodes.ts'
import type { SiteSettings } from '../domain/site-records.ts'
import type { StandbyLevel } from '../domain/rooms.ts'
import type { Refusal } from '../protocol/refusal.ts'
import type { EnrolNode, ProblemCode } from '../contract/index.ts'

/** All that the HTTP face needs, wired in main.ts. It knows no Redis and no LiveKit. */
export type HttpDeps = {
  log: FastifyBaseLogger
  publicUrl: string
  secureCookies: boolean
  webDir: string
  cspConnect: string[]
  trustedProxies: string[]
  roomCreation: 'anyone' | 'operator'
  joinRatePerMin: number
  createRatePerMin: number
  reportEveryMs: number
  isStopping: () => boolean
  isStoreAway: (error: unknown) => boolean
  rooms: {
    create(input: CreateRoomInput): Promise<RoomCreated>
    view(input: {
      room: string
      near: string | undefined
    }): Promise<RoomSeen | Refusal<'room_not_found' | 'store_recovering'>>
    join(input: {
      room: string
      name: string
      hostKey?: string
      near?: string | undefined
    }): Promise<Joined | JoinRefusal>
    rejoin(input: {
      room: string
      ticket: string
      lost?: number
      near?: string | undefined
    }): Promise<Joined | JoinRefusal>
    setStandby(input: { room: string; level: StandbyLevel }): Promise<'set' | Refusal<'room_not_found'>>
    /** The identity that a rejoin ticket proves, or null. */
    seatOf(ticket: string): string | null
    end(input: {
      room: string
      hostKey: string
    }): Promise<'ended' | Refusal<'room_not_found' | 'host_key_refused'>>
  }
  tenants: {
    setStandby(tenant: string, level: StandbyLevel | null): Promise<void>
    standby(tenant: string): Promise<StandbyLevel | null>
  }
  nodes: {
    isEnrolmentKey(key: string): boolean
    enrol(input: EnrolNode): Promise<'enrolled' | Refusal<'node_id_taken'>>
    report(input: {
      node: string
      secret: string
      report: ReportInput
    }): Promise<(NodeOrder & { offlineGrant?: string }) | Refusal<'impossible_report' | 'node_unauthorized'>>
    adopt(input: OfflineRoomsInput): Promise<'adopted' | Refusal<'offline_grant_refused'>>
    setState(node: string, wish: StateWish): Promise<'set' | Refusal<'node_not_found' | 'drain_does_not_fit'>>
    setSite(
      site: string,
      settings: SiteSettings,
    ): Promise<'set' | Refusal<'invalid_request' | 'site_not_found'>>
    beginRestart(site: string): Promise<'begun' | 'goes_on' | Refusal<'site_not_found'>>
    stopRestart(site: string): Promise<'stopped' | 'finishes' | Refusal<'site_not_found'>>
    sites(): Promise<SiteSummary[]>
    page(page: {
      site?: string
      after?: string
      limit: number
    }): Promise<{ nodes: NodeSummary[]; next: string | null }>
  }
  /** The site nearest to an address, by the sites' ranges. */
  nearest: (address: string) => string | undefined
  operator: {
    isKey(key: string): boolean
    isSession(cookie: string): boolean
    newSession(): string
  }
  isMetricsKey: (key: string) => boolean
  ready: () => Promise<void>
  metrics: () => Promise<{ body: string; contentType: string }>
  observeRequest: (route: string, method: string, status: number, seconds: number) => void
  countProblem: (code: ProblemCode) => void
  countJoin: (answer: 'joined' | ProblemCode) => void
}
