import type { Viewer } from './session.ts'
import { first, type SearchParams } from './search-params.ts'

export type LensId = 'leadership' | 'finance' | 'projects' | 'engineering'

/** For whom the fleet is shown: which of its sections, and in which order. */
export interface Lens {
  id: LensId
  label: string
  /** What it shows, in words. */
  shows: string
}

export const LENSES: readonly [Lens, Lens, Lens, Lens] = [
  { id: 'leadership', label: 'Leadership', shows: 'where the month ends, margin, movers, who is profitable' },
  { id: 'finance', label: 'Finance', shows: 'parts of the cost, the ledger, clients, what has no price' },
  { id: 'projects', label: 'Project manager', shows: 'margin per project and task, open alerts' },
  { id: 'engineering', label: 'Engineering', shows: 'resources, tokens, missing tags and prices' },
]

/** `?lens=finance`; where the address says nothing, the one of the viewer's role. */
export function readLens(params: SearchParams, role: Viewer['role']): Lens {
  const own = role === 'FINANCE' ? LENSES[1] : role === 'PROJECT_MANAGER' ? LENSES[2] : LENSES[0]
  return LENSES.find(({ id }) => id === first(params.lens)) ?? own
}
