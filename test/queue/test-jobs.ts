import { defineJob } from '@outlay/workers/jobs/contract'
import { z } from 'zod'

const payload = z.object({ tenantId: z.string(), n: z.int() })

/** A job that tests make do anything; soon tried again. */
export const testJob = defineJob({
  name: 'test.run',
  payload,
  key: ({ tenantId, n }) => `${tenantId}:${n}`,
  attempts: 3,
  backoffMs: 50,
})

/** The same job as somebody with another version would put it in: nothing of the payload is checked. */
export const looseTestJob = defineJob({
  ...testJob,
  payload: z.looseObject({ tenantId: z.string() }),
  key: () => 'loose',
})

/** Shorter than in production, so that the death of a worker is noticed within seconds. */
export const timing = { lockMs: 3_000, checkMs: 1_000 }
