/**
 * The host link carries its key in the fragment, which never reaches a log. It is taken out of the
 * address bar at once, so that copying the address for a guest does not hand out host rights.
 */
export function takeHostKey(room: string): string | undefined {
  const place = `levee.host.${room.toLowerCase().replaceAll('-', '')}`
  const given = new URLSearchParams(location.hash.slice(1)).get('host')
  if (given) {
    history.replaceState(history.state, '', location.pathname + location.search)
    try {
      sessionStorage.setItem(place, given)
    } catch {
      // The key then lives as long as this page.
    }
    return given
  }
  try {
    return sessionStorage.getItem(place) ?? undefined
  } catch {
    return undefined
  }
}
