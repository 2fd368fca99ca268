import type { z } from 'zod'

/** Every job is somebody's: a job reads and writes the rows of one tenant, and waits its turn among those of the others. */
export interface TenantJob {
  tenantId: string
}

/**
 * What a job is, for the one who puts it into the queue and the one who runs it. Payloads are ids only: the job reads what holds when it
 * runs. Whether it has been done is known by Postgres, never by the queue, so a job may run twice or be put in twice without harm.
 */
export interface JobContract<Payload extends TenantJob> {
  /** `noun.verb`, unique. */
  name: string
  payload: z.ZodType<Payload>
  /** Jobs of one key are one job while it waits or runs. */
  key: (payload: Payload) => string
  /** Runs before it is given up; the last failure is kept. */
  attempts: number
  /** Wait before the second run, doubled for each one after it. */
  backoffMs: number
}

/** Says what a job is; a function only so that the payload's type is inferred from its schema. */
export function defineJob<Payload extends TenantJob>(contract: JobContract<Payload>): JobContract<Payload> {
  return contract
}
