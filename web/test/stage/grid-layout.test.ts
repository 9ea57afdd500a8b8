import assert from 'node:assert/strict'
import { test } from 'node:test'
import { floatingWidth, planGrid, tilesPerPage } from '../../src/stage/grid-layout.ts'
import { TILE_GAP_PX } from '../../src/tuning.ts'

const DESKTOP = [1248, 640] as const
const PHONE = [374, 640] as const

const shape = (count: number, [width, height]: readonly [number, number]) => {
  const { columns, rows } = planGrid(count, width, height)
  return `${columns}×${rows}`
}

test('tiles of 1 to 49 people with their gaps fit on any stage', () => {
  for (const [width, height] of [DESKTOP, PHONE, [320, 400], [812, 260], [1888, 900]] as const) {
    for (let count = 1; count <= 49; count++) {
      const { columns, rows, tileWidth, tileHeight } = planGrid(count, width, height)
      const where = `${count} people on ${width}×${height}`
      assert.ok(columns * rows >= count, where)
      assert.ok(columns * (rows - 1) < count, `no empty row: ${where}`)
      assert.ok(columns * tileWidth + (columns - 1) * TILE_GAP_PX <= width, where)
      assert.ok(rows * tileHeight + (rows - 1) * TILE_GAP_PX <= height, where)
      assert.ok(tileWidth > 0 && tileHeight > 0, where)
    }
  }
})

test('a wide stage shows wide pictures, a portrait one stacks them', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((count) => shape(count, DESKTOP)),
    ['1×1', '2×1', '2×2', '2×2', '3×2'],
  )
  assert.deepEqual(
    [1, 2, 4].map((count) => shape(count, PHONE)),
    ['1×1', '1×2', '2×2'],
  )
})

test('tiles are neither too narrow nor too wide', () => {
  for (let count = 1; count <= 25; count++) {
    const wide = planGrid(count, ...DESKTOP)
    const upright = planGrid(count, ...PHONE)
    assert.ok(wide.tileWidth / wide.tileHeight > 1.32 && wide.tileWidth / wide.tileHeight < 1.79)
    assert.ok(
      upright.tileWidth / upright.tileHeight > (count === 1 ? 0.56 : 0.74) &&
        upright.tileWidth / upright.tileHeight < 1.79,
    )
  }
})

test('a page has as many people as stay recognisable', () => {
  assert.equal(tilesPerPage(9, ...DESKTOP), 9)
  assert.equal(tilesPerPage(100, ...DESKTOP), 25)
  assert.ok(tilesPerPage(40, ...PHONE) < 12)
  assert.equal(tilesPerPage(1, ...PHONE), 1)
  assert.equal(tilesPerPage(0, ...PHONE), 1)
  const many = tilesPerPage(40, ...DESKTOP)
  assert.ok(planGrid(many, ...DESKTOP).tileWidth >= 168)
})

test('a stage without a size yet causes no error', () => {
  assert.deepEqual(planGrid(3, 0, 0), { columns: 1, rows: 1, tileWidth: 0, tileHeight: 0 })
  assert.equal(tilesPerPage(5, 0, 0), 5)
})

test('our own small picture leaves most of the tile behind it free', () => {
  for (const width of [200, 304, 374, 639]) {
    const own = floatingWidth(width)
    assert.ok(own >= 92 && own <= 140, `${own} px on ${width}`)
    assert.ok(own < width / 2)
  }
})
