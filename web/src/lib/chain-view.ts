import type { ChainRows } from './chain-pack.ts'

/** The rows, by position, that are not hidden by a folded one above them. Parents come before their children. */
export function unfoldedRows(rows: ChainRows, folded: ReadonlySet<string>): number[] {
  const isHidden = new Uint8Array(rows.length)
  const shown: number[] = []
  for (let index = 0; index < rows.length; index += 1) {
    const parent = rows.parentAt(index)
    if (parent >= 0 && (isHidden[parent] === 1 || (folded.size > 0 && folded.has(rows.idAt(parent)))))
      isHidden[index] = 1
    else shown.push(index)
  }
  return shown
}

/** The rows whose words hold a text, with everything above them so that each stands in its place; and how many hold it. */
export function foundRows(rows: ChainRows, text: string): { shown: number[]; found: ReadonlySet<number> } {
  const wanted = text.trim().toLowerCase()
  const isShown = new Uint8Array(rows.length)
  const found = new Set<number>()
  for (let index = 0; index < rows.length; index += 1) {
    if (!rows.wordsAt(index).includes(wanted)) continue
    found.add(index)
    for (let at = index; at >= 0 && isShown[at] !== 1; at = rows.parentAt(at)) isShown[at] = 1
  }
  const shown: number[] = []
  isShown.forEach((one, index) => {
    if (one === 1) shown.push(index)
  })
  return { shown, found }
}

/** For each row its place among its siblings from 1, how many they are, and whether it has children: what a tree says of itself. */
export interface Places {
  place: Int32Array
  siblings: Int32Array
  hasChildren: Uint8Array
}

export function placesOf(rows: ChainRows): Places {
  const place = new Int32Array(rows.length)
  const siblings = new Int32Array(rows.length)
  const hasChildren = new Uint8Array(rows.length)
  // The first row has no row above it: its group is counted behind the last.
  const counts = new Int32Array(rows.length + 1)
  const groupOf = (index: number): number => (rows.parentAt(index) < 0 ? rows.length : rows.parentAt(index))
  for (let index = 0; index < rows.length; index += 1) {
    const group = groupOf(index)
    counts[group] = (counts[group] ?? 0) + 1
    place[index] = counts[group] ?? 0
    if (group < rows.length) hasChildren[group] = 1
  }
  for (let index = 0; index < rows.length; index += 1) siblings[index] = counts[groupOf(index)] ?? 0
  return { place, siblings, hasChildren }
}
