/** Rows of one height in a frame that scrolls: which of many have to be drawn. Pixels and positions only. */

interface Frame {
  /** How far it is scrolled, and how much of it is seen. */
  top: number
  height: number
}

interface Rows {
  count: number
  rowHeight: number
  /** Rows drawn beyond each edge, so that a quick scroll does not show what is not there yet. */
  beyond: number
}

/** The rows a frame shows, from `first` to before `end`. */
export function windowOf({ top, height }: Frame, { count, rowHeight, beyond }: Rows): { first: number; end: number } {
  const first = Math.max(0, Math.min(count, Math.floor(top / rowHeight) - beyond))
  const end = Math.max(first, Math.min(count, Math.ceil((top + height) / rowHeight) + beyond))
  return { first, end }
}

/** A row that is drawn, or the room of some that are not. */
export type Piece = { kind: 'row'; index: number } | { kind: 'gap'; from: number; rows: number }

/**
 * The window as pieces from the first row to the last. `kept` is drawn wherever it is: a row that has the focus would lose it when it is
 * taken away.
 *
 *     piecesOf({ first: 2, end: 4 }, { count: 9, kept: 7 }) // gap of 2, rows 2 and 3, gap of 3, row 7, gap of 1
 */
export function piecesOf(
  { first, end }: { first: number; end: number },
  { count, kept }: { count: number; kept: number | null },
): Piece[] {
  const drawn = Array.from({ length: end - first }, (_, step) => first + step)
  if (kept !== null && kept >= 0 && kept < first) drawn.unshift(kept)
  if (kept !== null && kept >= end && kept < count) drawn.push(kept)
  const pieces: Piece[] = []
  let next = 0
  for (const index of drawn) {
    if (index > next) pieces.push({ kind: 'gap', from: next, rows: index - next })
    pieces.push({ kind: 'row', index })
    next = index + 1
  }
  if (count > next) pieces.push({ kind: 'gap', from: next, rows: count - next })
  return pieces
}

/** How far to scroll so that a row is seen whole, below a head of `head` pixels; null when it is. */
export function scrollTo(
  index: number,
  { top, height }: Frame,
  { rowHeight, head }: { rowHeight: number; head: number },
): number | null {
  const start = index * rowHeight
  if (start < top) return start
  const room = height - head
  return start + rowHeight > top + room ? start + rowHeight - room : null
}
