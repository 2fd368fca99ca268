import '../modules/agent/agent.schema.ts'
import '../modules/alert/alert.schema.ts'
import '../modules/allocation/allocation.schema.ts'
import '../modules/allocation-policy/allocation-policy.schema.ts'
import '../modules/anomaly/anomaly.schema.ts'
import '../modules/api-key/api-key.schema.ts'
import '../modules/budget/budget.schema.ts'
import '../modules/catalogue/catalogue.schema.ts'
import '../modules/channel/channel.schema.ts'
import '../modules/client/client.schema.ts'
import '../modules/cost/cost-change.schema.ts'
import '../modules/fleet/fleet.schema.ts'
import '../modules/forecast/forecast.schema.ts'
import '../modules/fx/fx.schema.ts'
import '../modules/invocation/invocation.schema.ts'
import '../modules/period/period.schema.ts'
import '../modules/pool/pool.schema.ts'
import '../modules/project/project.schema.ts'
import '../modules/rate/rate-card.schema.ts'
import '../modules/rate/rate.schema.ts'
import '../modules/rate-review/rate-review.schema.ts'
import '../modules/rerating/rerating.schema.ts'
import '../modules/rollup/rollup.schema.ts'
import '../modules/task/task.schema.ts'
import '../modules/tenant/tenant.schema.ts'
import '../modules/unpriced/unpriced.schema.ts'
import './node.ts'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { applyPolicy } from './apply-policy.ts'
import { builder } from './builder.ts'

/** The executable schema, every field behind the policy table. */
export const schema = applyPolicy(builder.toSchema({ sortSchema: false }))

/** The schema as text: what is checked in as server/schema.graphql and served at /schema.graphql. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}
