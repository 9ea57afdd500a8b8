/**
 * The host key of this room: from the fragment of the host link, which never reaches a log, or from an earlier visit
 * in this tab. The fragment is removed from the address bar at once, so that a copied address does not give guests the
 * rights of a host.
 */
export function takeHostKey(room: string): string | undefined {
  const storageKey = `levee.host.${room.toLowerCase().replaceAll('-', '')}`
  const given = new URLSearchParams(location.hash.slice(1)).get('host')
  if (given) {
    history.replaceState(history.state, '', location.pathname + location.search)
    try {
      sessionStorage.setItem(storageKey, given)
    } catch {
      // Storage is forbidden: the key is known as long as this page is open.
    }
    return given
  }
  try {
    return sessionStorage.getItem(storageKey) ?? undefined
  } catch {
    return undefined
  }
}
