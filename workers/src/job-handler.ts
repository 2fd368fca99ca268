import type { Logger } from 'pino'
import type { z } from 'zod'
import type { JobContract, TenantJob } from './jobs/contract.ts'

/** What a run of a job is told beside its payload. */
export interface JobRun {
  /** Aborted when the worker is told to end or has lost the job to another one: stop soon and throw; the job runs again, elsewhere. */
  signal: AbortSignal
  log: Logger
  /** 1 for the first run. */
  attempt: number
}

/** A contract and what runs it, as the worker sees them: made by `handles`. */
export interface JobHandler {
  name: string
  /** Throws JobPayloadError when `data` is not the payload of the contract. */
  run: (data: unknown, run: JobRun) => Promise<void>
}

/** Binds a contract to its handler, which gets a payload that was checked. */
export function handles<Payload extends TenantJob>(
  contract: JobContract<Payload>,
  handle: (payload: Payload, run: JobRun) => Promise<void>,
): JobHandler {
  return {
    name: contract.name,
    run: async (data, run) => handle(checkedPayload(contract, data), run),
  }
}

/** A payload that is not what the job's contract says; the message names every field that is wrong. */
export class JobPayloadError extends Error {
  override readonly name = 'JobPayloadError'

  constructor(job: string, error: z.ZodError) {
    const problems = error.issues.map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`)
    super(`The payload of ${job} is not valid: ${problems.join('; ')}.`)
  }
}

/** The payload as its contract has it, without fields that it does not know. Throws JobPayloadError. */
export function checkedPayload<Payload extends TenantJob>(contract: JobContract<Payload>, data: unknown): Payload {
  const parsed = contract.payload.safeParse(data)
  if (!parsed.success) throw new JobPayloadError(contract.name, parsed.error)
  return parsed.data
}
