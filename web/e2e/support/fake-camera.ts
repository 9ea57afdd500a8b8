// What the camera shows: Chromium's own fake picture has 1280 × 720 pixels, and to encode and draw those without a GPU
// takes most of the time of a test. This one is small, and moves all the same.
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const WIDTH = 320
const HEIGHT = 180
const FRAMES_PER_SECOND = 15
const FRAMES = 30

/** Writes the video that Chromium plays in a loop. */
export function writeFakeCamera(): { file: string; remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'levee-camera-'))
  const file = join(dir, 'camera.y4m')
  const out = openSync(file, 'w')
  writeSync(out, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n`)
  for (let frame = 0; frame < FRAMES; frame++) {
    writeSync(out, 'FRAME\n')
    writeSync(out, picture(frame))
  }
  closeSync(out)
  return { file, remove: () => rmSync(dir, { recursive: true, force: true }) }
}

/** A diagonal gradient that moves, in one colour: brightness, then two quarter-size planes of colour. */
function picture(frame: number): Buffer {
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 1.5, 128)
  const shift = Math.round((frame * 256) / FRAMES)
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) pixels[y * WIDTH + x] = (x + y + shift) & 0xff
  return pixels
}
