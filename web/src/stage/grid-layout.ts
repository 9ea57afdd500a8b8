import {
  FLOATING_SHARE,
  FLOATING_WIDTH_PX,
  TILE_GAP_PX,
  TILE_MIN_WIDTH_PX,
  TILE_TALLEST,
  TILE_WIDEST,
  TILES_PER_PAGE_MAX,
} from '../tuning.ts'

/** How tiles are arranged for a number of people; sizes in CSS pixels. */
export type GridPlan = { columns: number; rows: number; tileWidth: number; tileHeight: number }

/** The arrangement with the largest tiles; the style sheet centres a half-empty last row. */
export function planGrid(count: number, width: number, height: number): GridPlan {
  let best: GridPlan = { columns: 1, rows: 1, tileWidth: width, tileHeight: height }
  let bestArea = -1
  const upright = count === 1 ? TILE_TALLEST.single : TILE_TALLEST.portrait
  const tallest = width > height ? TILE_TALLEST.landscape : upright
  for (let columns = 1; columns <= Math.max(1, count); columns++) {
    const rows = Math.ceil(count / columns)
    const cellWidth = (width - TILE_GAP_PX * (columns - 1)) / columns
    const cellHeight = (height - TILE_GAP_PX * (rows - 1)) / rows
    if (cellWidth <= 0 || cellHeight <= 0) continue
    const tileWidth = Math.min(cellWidth, cellHeight * TILE_WIDEST)
    const tileHeight = Math.min(cellHeight, cellWidth / tallest)
    const area = tileWidth * tileHeight
    if (area > bestArea) {
      bestArea = area
      best = { columns, rows, tileWidth: Math.floor(tileWidth), tileHeight: Math.floor(tileHeight) }
    }
  }
  return best
}

/** Width of our own small picture on a stage of this width. */
export const floatingWidth = (width: number): number =>
  Math.round(Math.min(FLOATING_WIDTH_PX.max, Math.max(FLOATING_WIDTH_PX.min, width * FLOATING_SHARE)))

/** How many tiles one page of the grid takes before faces get too small. */
export function tilesPerPage(count: number, width: number, height: number): number {
  const minWidth = Math.min(TILE_MIN_WIDTH_PX, width / 2 - TILE_GAP_PX)
  for (let shown = Math.min(count, TILES_PER_PAGE_MAX); shown > 1; shown--) {
    if (planGrid(shown, width, height).tileWidth >= minWidth) return shown
  }
  return 1
}
