import 'server-only'
import type { BudgetScope } from '../../../generated/graphql.ts'
import { SCOPE_NAMES } from '../../../lib/alerts.ts'
import { scopeValue } from '../../../lib/channel-form.ts'
import { scopeMembers } from '../../../lib/members.ts'

/** What a channel can be about: the fleet, and every agent, client and project by name. */
export async function scopeChoices(): Promise<{ value: string; label: string }[]> {
  const members = await scopeMembers()
  const choices = (Object.entries(members) as [Exclude<BudgetScope, 'FLEET'>, (typeof members)['AGENT']][]).flatMap(
    ([scope, all]) =>
      all.map(({ key, name }) => ({
        value: scopeValue({ scope, key }),
        label: `${name}, ${SCOPE_NAMES[scope].toLowerCase()}`,
      })),
  )
  return [{ value: scopeValue({ scope: 'FLEET' }), label: 'The fleet as a whole' }, ...choices]
}
