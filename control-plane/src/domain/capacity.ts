/**
 * Tracks of a room in which everybody sends sound and picture to everybody: 2 published + 2 subscribed from each
 * other person, about 2·n². Above 12 people a client shows, and so subscribes to, at most 12 pictures.
 */
export function expectedTracks(participants: number): number {
  const seen = Math.min(participants - 1, 12)
  return participants * (2 + seen + (participants - 1))
}
