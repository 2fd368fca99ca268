import { fieldsOfPolicy, NEW_POLICY, percentOfRatio, type PolicyFields } from '../../../../../../lib/pool-form.ts'
import type { SearchParams } from '../../../../../../lib/search-params.ts'
import { readWhatIf } from '../../../../../../lib/what-if.ts'
import type { PolicyVersion } from './policies.ts'

/** What the form holds at first: a version, with what the address of a what-if asks otherwise. */
export function startOfDraft(model: PolicyVersion | null, params: SearchParams): PolicyFields {
  const fields = model === null ? NEW_POLICY : fieldsOfPolicy(model)
  const asked = readWhatIf(params, {
    method: fields.method,
    basis: fields.basis,
    rate: model?.rate ?? null,
    multipliers: new Map(fields.multipliers.map(({ agent, times }) => [agent, times])),
  })
  return {
    ...fields,
    method: asked.method,
    basis: asked.basis,
    rate: asked.rate === null ? '' : percentOfRatio(asked.rate),
    multipliers: [...asked.multipliers].map(([agent, times]) => ({ agent, times })),
    // A note says why that version was written, not this one.
    note: model?.state === 'DRAFT' ? fields.note : '',
  }
}
