import { builder } from '../../graphql/builder.ts'
import { Money } from '../money/money.schema.ts'
import { openGap, type InvoiceGapSource } from './invoice-gap.service.ts'

export const InvoiceGap = builder.objectRef<InvoiceGapSource>('InvoiceGap').implement({
  description: 'What providers invoiced beside what was attributed, over the UTC days that a statement is there for.',
  fields: (t) => ({
    from: t.field({ type: 'Date', resolve: ({ range }) => range.from }),
    to: t.field({ type: 'Date', description: 'The first day after them', resolve: ({ range }) => range.to }),
    providers: t.exposeStringList('providers'),
    invoiced: t.field({
      type: Money,
      resolve: ({ invoiced }, _args, { tenant }) => ({ amount: invoiced, currency: tenant.currency }),
    }),
    attributed: t.field({
      type: Money,
      resolve: ({ attributed }, _args, { tenant }) => ({ amount: attributed, currency: tenant.currency }),
    }),
    gap: t.field({
      type: Money,
      description: 'invoiced − attributed',
      resolve: ({ invoiced, attributed }, _args, { tenant }) => ({
        amount: invoiced - attributed,
        currency: tenant.currency,
      }),
    }),
    open: t.field({
      type: Money,
      description: 'Of the gap, what nobody has accepted',
      resolve: (gap, _args, { tenant }) => ({ amount: openGap(gap), currency: tenant.currency }),
    }),
    unexplained: t.field({
      type: Money,
      description: 'Of the gap, what has no cause',
      resolve: ({ causes }, _args, { tenant }) => ({ amount: causes.UNEXPLAINED, currency: tenant.currency }),
    }),
    captureRate: t.expose('captureRate', { type: 'Decimal', nullable: true }),
  }),
})
