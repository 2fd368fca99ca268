import { totalRevenue, type Revenue as Source } from '@outlay/db/revenue/revenue'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { Money, type Amount } from '../money/money.schema.ts'

/** What `revenue` means, wherever it stands beside a cost. */
export const REVENUE =
  'What terms charge for the days, where charges are their source of revenue, and billed amounts of its tasks completed on the days that no terms say otherwise of; null when there is neither in the reporting currency'

export const RevenueParts = builder.objectRef<Source>('RevenueParts').implement({
  description: 'What a revenue is made of. No work on a day is in both.',
  fields: (t) => ({
    charges: t.field({
      description:
        'Of engagements whose source of revenue is CHARGES. Of days that are no whole month: the charge as if the terms had ended on their last day, less the same before their first. `charges` has the arithmetic of each month.',
      type: Money,
      nullable: true,
      resolve: ({ charged }, _args, { tenant: { currency } }) =>
        charged === null ? null : { amount: charged, currency },
    }),
    billed: t.field({
      description: 'Billed amounts of completed tasks under terms whose source is BILLED, or under none',
      type: Money,
      nullable: true,
      resolve: ({ billed }, _args, { tenant: { currency } }) => (billed === null ? null : { amount: billed, currency }),
    }),
  }),
})

/** Both parts as an amount; null where there is neither. */
export function revenueAmount({ tenant: { currency } }: Pick<Context, 'tenant'>, earned: Source): Amount | null {
  const amount = totalRevenue(earned)
  return amount === null ? null : { amount, currency }
}
