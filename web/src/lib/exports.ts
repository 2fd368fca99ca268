import type { ExportState } from '../generated/graphql.ts'
import { countText, shareOf } from './format.ts'

/** Whether a worker has it or will have it. */
export function isUnderWay(state: ExportState): boolean {
  return state === 'QUEUED' || state === 'RUNNING'
}

/** How far an export is. Counts are whole numbers as text. */
export interface ExportProgress {
  state: ExportState
  rowsDone: string
  rowsTotal?: string | null | undefined
}

/** Whole percent that never says 100 before the file is there; null while it is not known how many rows there are. */
export function exportPercent({ state, rowsDone, rowsTotal }: ExportProgress): number | null {
  if (state !== 'RUNNING' || rowsTotal == null) return null
  const share = shareOf(rowsDone, rowsTotal)
  return share === null ? null : Math.min(99, Math.floor(Number(share) * 100))
}

/**
 * How far an export is, in words.
 *
 *     exportText({ state: 'RUNNING', rowsDone: '2000', rowsTotal: '300000' }) // '2,000 of 300,000 rows'
 */
export function exportText({ state, rowsDone, rowsTotal }: ExportProgress): string {
  if (state === 'QUEUED') return 'begins as soon as a worker is free'
  return rowsTotal == null ? `${countText(rowsDone)} rows` : `${countText(rowsDone)} of ${countText(rowsTotal)} rows`
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const

/**
 * The size of a file, to three digits.
 *
 *     bytesText('1536') // '1.5 KiB'
 */
export function bytesText(bytes: string): string {
  let size = Number(bytes)
  let unit = 0
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024
    unit += 1
  }
  return `${unit === 0 ? size : Number(size.toPrecision(3))} ${UNITS[unit]}`
}
