/**
 * What can happen to the link of a connection.
 *
 * connected, failed: the outcome of the first attempt. socket-closed: the WebSocket to the node was open and has closed.
 * signal-lost, media-lost, recovered: LiveKit's SignalReconnecting, Reconnecting and Reconnected. disconnected: LiveKit
 * has given up, or the node has closed the room.
 */
export type LinkSignal =
  | 'connected'
  | 'failed'
  | 'socket-closed'
  | 'signal-lost'
  | 'media-lost'
  | 'recovered'
  | 'disconnected'
