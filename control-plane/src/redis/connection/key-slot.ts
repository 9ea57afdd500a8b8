/** The slot of a key in a Redis Cluster: CRC16 (XMODEM) of the key, or of the text between the first { and the next }. */
export const SLOTS = 16_384

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)
  return crc
})

export function slotOf(key: string): number {
  const open = key.indexOf('{')
  const close = open < 0 ? -1 : key.indexOf('}', open + 1)
  // To Redis an empty {} is not a tag.
  const tag = close > open + 1 ? key.slice(open + 1, close) : key
  let crc = 0
  for (let i = 0; i < tag.length; i++) {
    const code = tag.charCodeAt(i)
    if (code > 127) return slotOfBytes(Buffer.from(tag))
    crc = step(crc, code)
  }
  return crc % SLOTS
}

function slotOfBytes(bytes: Uint8Array): number {
  return bytes.reduce(step, 0) % SLOTS
}

function step(crc: number, byte: number): number {
  return ((crc << 8) & 0xffff) ^ (TABLE[(crc >> 8) ^ byte] ?? 0)
}
