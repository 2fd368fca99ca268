import type { ReratingSummaryFragment } from '../../../../generated/graphql.ts'
import { resourceNameText } from '../../../../lib/resource-name.ts'

/** The names of the draft cards that are still there, by id. */
export type DraftNames = Readonly<Record<string, string>>

/** What a simulation supposed: `claude-opus-4-1 → anthropic / claude-sonnet-4-5`, or the draft it took for real. */
export function whatIfText({ substitutions, draftCardId }: ReratingSummaryFragment, drafts: DraftNames): string {
  const parts = substitutions.map(
    ({ fromProvider, fromResource, toProvider, toResource }) =>
      `${resourceNameText({ provider: fromProvider ?? null, resource: fromResource })} → ${resourceNameText({ provider: toProvider, resource: toResource })}`,
  )
  if (draftCardId != null) parts.push(`draft ${drafts[draftCardId] ?? 'that is published or gone since'}`)
  return parts.join(', ')
}
