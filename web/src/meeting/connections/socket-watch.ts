/**
 * The first sign that a node is unreachable is the close of its WebSocket, a quarter of a second before the SDK says so.
 * The SDK keeps its socket to itself, so the constructor is wrapped, once, which is public web API. Sockets are
 * announced by the node's address.
 */
type Watcher = { serverUrl: string; onClosed: () => void; seen: boolean }

const watchers = new Set<Watcher>()
const WRAPPED = Symbol.for('levee.socket-watch')

/** Wraps the global WebSocket, once for the page. */
export function watchSockets(scope: { WebSocket?: typeof WebSocket } = globalThis): void {
  const Real = scope.WebSocket
  if (!Real || WRAPPED in Real) return
  class Watched extends Real {
    static readonly [WRAPPED] = true
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args)
      const url = String(args[0])
      const mine = [...watchers].filter(({ serverUrl }) => isOf(url, serverUrl))
      if (mine.length === 0) return
      let open = false
      this.addEventListener('open', () => {
        open = true
        for (const watcher of mine) watcher.seen = true
      })
      // Before anybody else isListening: the SDK asks on this event how soon it should try again, which we decide.
      // A socket that never opened says nothing new; the SDK tells about that one.
      this.addEventListener('close', () => {
        if (open) for (const watcher of mine) if (watchers.has(watcher)) watcher.onClosed()
      })
    }
  }
  scope.WebSocket = Watched
}

/** Calls `onClosed` for each socket to this node that was open and is not any more. */
export function onSocketClosed(
  serverUrl: string,
  onClosed: () => void,
): { stop: () => void; seen: () => boolean } {
  const watcher: Watcher = { serverUrl, onClosed, seen: false }
  watchers.add(watcher)
  return { stop: () => watchers.delete(watcher), seen: () => watcher.seen }
}

/** `ws://node:7880/a` holds `ws://node:7880/a/rtc/v1?…`, not `ws://node:78801/…`. */
function isOf(url: string, serverUrl: string): boolean {
  return url.startsWith(serverUrl.replace(/\/*$/, '/'))
}
