/** LiveKit's own chat topic, so that its components and other clients can read and write the same chat. */
export const CHAT_TOPIC = 'lk.chat'
/** A raised or lowered hand: `HandState` as JSON. */
export const HAND_TOPIC = 'levee-hand'
/** Sent to the others on a node once everything we see and hear of them comes from that node. No payload. */
export const SETTLED_TOPIC = 'levee-settled'
