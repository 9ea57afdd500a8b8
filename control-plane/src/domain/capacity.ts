/**
 * Tracks of a room in which all participants send sound and video to each other: 2 published, and 2 subscribed from each
 * other participant, about 2·n². A client shows, and so subscribes to, at most 12 videos.
 */
export function expectedTracks(participants: number): number {
  const seen = Math.min(participants - 1, 12)
  return participants * (2 + seen + (participants - 1))
}
