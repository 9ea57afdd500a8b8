/** Pure geometry of the stage: how tiles are arranged for a number of people and a size in CSS pixels. */
export type GridPlan = { columns: number; rows: number; tileWidth: number; tileHeight: number }

export const GAP_PX = 10
/** Faces are recognisable down to about this width. */
const MIN_TILE_WIDTH = 168
const MAX_PER_PAGE = 25
/** A tile may be between these; outside them a face is cropped away or swims in black. */
const WIDEST = 16 / 9
/** Cameras are wide: upright tiles crop away half a picture and are worth it only on an upright screen. */
const TALLEST = { landscape: 4 / 3, portrait: 3 / 4, alone: 9 / 16 }

/** The arrangement with the largest tiles; a half-empty last row is centred by the page. */
export function planGrid(count: number, width: number, height: number): GridPlan {
  let best: GridPlan = { columns: 1, rows: 1, tileWidth: width, tileHeight: height }
  let bestArea = -1
  const upright = count === 1 ? TALLEST.alone : TALLEST.portrait
  const tallest = width > height ? TALLEST.landscape : upright
  for (let columns = 1; columns <= Math.max(1, count); columns++) {
    const rows = Math.ceil(count / columns)
    const cellWidth = (width - GAP_PX * (columns - 1)) / columns
    const cellHeight = (height - GAP_PX * (rows - 1)) / rows
    if (cellWidth <= 0 || cellHeight <= 0) continue
    const tileWidth = Math.min(cellWidth, cellHeight * WIDEST)
    const tileHeight = Math.min(cellHeight, cellWidth / tallest)
    const area = tileWidth * tileHeight
    if (area > bestArea) {
      bestArea = area
      best = { columns, rows, tileWidth: Math.floor(tileWidth), tileHeight: Math.floor(tileHeight) }
    }
  }
  return best
}

/** How many tiles one page of the grid takes before faces get too small. */
export function tilesPerPage(count: number, width: number, height: number): number {
  for (let shown = Math.min(count, MAX_PER_PAGE); shown > 1; shown--) {
    if (planGrid(shown, width, height).tileWidth >= Math.min(MIN_TILE_WIDTH, width / 2 - GAP_PX)) return shown
  }
  return 1
}
