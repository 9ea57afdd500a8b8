/** The HTTP address of the node's own API, where LiveKit also answers that it is up. */
export const httpUrl = (serverUrl: string): string => serverUrl.replace(/^ws/, 'http').replace(/\/$/, '')
