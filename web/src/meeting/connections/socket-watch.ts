/**
 * The first sign of a dead node is the close of its WebSocket, a quarter of a second before the SDK reports anything.
 * The SDK does not expose its socket, so the global constructor is wrapped once, which uses only public web API. A
 * socket belongs to the node whose address its URL starts with.
 */
type Observer = { serverUrl: string; onClosed: () => void; seen: boolean }

const observers = new Set<Observer>()
const WRAPPED = Symbol.for('levee.socket-watch')

/** Wraps the global WebSocket, once per page. */
export function watchSockets(scope: { WebSocket?: typeof WebSocket } = globalThis): void {
  const Real = scope.WebSocket
  if (!Real || WRAPPED in Real) return
  class Watched extends Real {
    static readonly [WRAPPED] = true
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args)
      const url = String(args[0])
      const mine = [...observers].filter(({ serverUrl }) => isOf(url, serverUrl))
      if (mine.length === 0) return
      let open = false
      this.addEventListener('open', () => {
        open = true
        for (const observer of mine) observer.seen = true
      })
      // Added before the SDK's listener, because on this event the SDK calls our retry policy. For a socket that never
      // opened the SDK's own report is enough.
      this.addEventListener('close', () => {
        if (open) for (const observer of mine) if (observers.has(observer)) observer.onClosed()
      })
    }
  }
  scope.WebSocket = Watched
}

/** Calls `onClosed` for each socket to this node that was open and has closed. `seen`: one has been open. */
export function observeSocket(
  serverUrl: string,
  onClosed: () => void,
): { stop: () => void; seen: () => boolean } {
  const observer: Observer = { serverUrl, onClosed, seen: false }
  observers.add(observer)
  return { stop: () => observers.delete(observer), seen: () => observer.seen }
}

/** `ws://node:7880/a` has the socket `ws://node:7880/a/rtc/v1?…`, but not `ws://node:78801/…`. */
function isOf(url: string, serverUrl: string): boolean {
  return url.startsWith(serverUrl.replace(/\/*$/, '/'))
}
