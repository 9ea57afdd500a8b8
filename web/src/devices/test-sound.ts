import { CHIME } from '../tuning.ts'

/** Plays a short two-note chime on one speaker. It is computed, so there is no file to fetch. */
export async function playTestSound(speakerId: string): Promise<void> {
  const url = URL.createObjectURL(new Blob([chime()], { type: 'audio/wav' }))
  const audio = new Audio(url)
  try {
    if (speakerId && 'setSinkId' in audio) await audio.setSinkId(speakerId)
    await audio.play()
    await new Promise((done) => audio.addEventListener('ended', done, { once: true }))
  } finally {
    URL.revokeObjectURL(url)
  }
}

/** A WAV file. */
function chime(): ArrayBuffer {
  const count = Math.round(CHIME.rateHz * CHIME.lengthSec)
  const view = new DataView(new ArrayBuffer(44 + count * 2))
  const text = (at: number, value: string) =>
    new TextEncoder().encode(value).forEach((byte, index) => view.setUint8(at + index, byte))
  text(0, 'RIFF')
  view.setUint32(4, 36 + count * 2, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, CHIME.rateHz, true)
  view.setUint32(28, CHIME.rateHz * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  text(36, 'data')
  view.setUint32(40, count * 2, true)
  for (let index = 0; index < count; index++) {
    const at = index / CHIME.rateHz
    let sample = 0
    for (const { hz, fromSec } of CHIME.notes) {
      const since = at - fromSec
      if (since >= 0)
        sample += Math.sin(2 * Math.PI * hz * since) * Math.exp(-5 * since) * Math.min(1, since * 80)
    }
    view.setInt16(44 + index * 2, sample * 0.35 * 32_767, true)
  }
  return view.buffer
}
