/**
 * A node says to its people that the control plane should be asked, by `{"ask": n}` with a rising number in the
 * metadata of the room. Anything else there is somebody else's.
 */
export function askNumber(metadata: string | undefined): number | undefined {
  if (!metadata) return undefined
  try {
    const parsed: unknown = JSON.parse(metadata)
    if (typeof parsed !== 'object' || parsed === null || !('ask' in parsed)) return undefined
    return Number.isSafeInteger(parsed.ask) ? (parsed.ask as number) : undefined
  } catch {
    return undefined
  }
}
