/** What a participant can send; the names are LiveKit's. */
export type Source = 'camera' | 'microphone' | 'screen_share' | 'screen_share_audio'
