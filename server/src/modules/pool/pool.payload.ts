import { builder } from '../../graphql/builder.ts'
import { UserError } from '../user-error.schema.ts'
import { CostPool } from './pool.ref.ts'
import type { PoolPayloadSource } from './pool.service.ts'

export const CostPoolPayload = builder.objectRef<PoolPayloadSource>('CostPoolPayload').implement({
  fields: (t) => ({
    costPool: t.field({ type: CostPool, nullable: true, resolve: (payload) => payload.costPool }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})
