import type { Pool } from 'pg'
import { approvePolicy, proposePolicy } from './approve-policy.ts'
import { createPool } from './create-pool.ts'
import { changePolicy, draftPolicy } from './draft-policy.ts'
import { endPool } from './end-pool.ts'
import { rejectPolicy, withdrawPolicy } from './end-policy.ts'
import { importPools } from './import-pools.ts'
import { reviewPolicy } from './review-policy.ts'
import { setPoolAmount } from './set-pool-amount.ts'

/** All that changes pools and their policies: each is one transaction of the tenant, and its only writer while it lasts. */
export function poolChanges(deps: { pool: Pool }) {
  return {
    createPool: createPool.bind(null, deps),
    setPoolAmount: setPoolAmount.bind(null, deps),
    endPool: endPool.bind(null, deps),
    importPools: importPools.bind(null, deps),
    draftPolicy: draftPolicy.bind(null, deps),
    changePolicy: changePolicy.bind(null, deps),
    proposePolicy: proposePolicy.bind(null, deps),
    approvePolicy: approvePolicy.bind(null, deps),
    rejectPolicy: rejectPolicy.bind(null, deps),
    withdrawPolicy: withdrawPolicy.bind(null, deps),
    reviewPolicy: reviewPolicy.bind(null, deps),
  }
}

export type PoolChanges = ReturnType<typeof poolChanges>
