import { INVOCATION_KINDS } from '@outlay/domain/rollup/grain'
import { builder } from '../../graphql/builder.ts'

export const InvocationKind = builder.enumType('InvocationKind', { values: INVOCATION_KINDS })

export const InvocationStatus = builder.enumType('InvocationStatus', {
  values: ['RATED', 'UNPRICED', 'UNCONVERTED'] as const,
})

export const Billing = builder.enumType('Billing', {
  description: 'How an invocation counts.',
  values: {
    DIRECT: { description: 'A leaf that is billed to its own agent' },
    SHARED: { description: 'The report that carries the cost of a shared use' },
    REPORT: { description: 'A further report of a shared use: counts nothing' },
    CLAIMED: { description: 'Usage repeated on a wrapper of billed spans: kept, and counts nothing' },
    VOID: { description: 'Taken out by a correction: counts nothing' },
    WRAPPER: { description: 'Usage on a wrapper without any billed span below it: billed like DIRECT' },
  },
})

export const CostOrigin = builder.enumType('CostOrigin', {
  description: 'Where a cost comes from.',
  values: {
    RATES: { description: 'Our rates' },
    REPORTED: { description: 'Its sender: no rate matched, and the tenant takes reported costs then' },
  },
})
