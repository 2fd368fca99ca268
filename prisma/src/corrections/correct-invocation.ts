import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { DomainError, quoted } from '@outlay/domain/errors'
import { checkKey } from '@outlay/domain/invocation/key'
import type { Invocation } from '@outlay/domain/invocation/invocation'
import { checkReason } from '@outlay/domain/invocation/reason'
import { replacementId } from '@outlay/domain/invocation/replacement-id'
import { microsToMs } from '@outlay/domain/periods/instant'
import { candidate } from '../ingest/candidate.ts'
import { Partitions } from '../ingest/partitions.ts'
import { StaleConfigError } from '../ingest/record-batch.ts'
import { isContentError, isTransient } from '../ingest/sql-state.ts'
import type { TenantConfigs } from '../ingest/tenant-config.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { applyCorrection, type Correction } from './apply-correction.ts'
import {
  RefusedCorrection,
  type CorrectionOutcome,
  type CorrectionRecord,
  type ReplaceInput,
  type VoidInput,
} from './correction.ts'
import { readOriginal, replacementOf } from './original.ts'

/** A deadlock, a lost race or rates that changed meanwhile: tried again this often. */
const ATTEMPTS_MAX = 4

/**
 * Corrects recorded events, each in one transaction of its tenant. Nothing recorded is edited: the event stays as VOID with who, when
 * and why beside it, and its id stays taken, so that a late retry is still a duplicate.
 */
export class Corrections {
  readonly #pool: Pool
  readonly #configs: TenantConfigs
  readonly #clock: () => number
  readonly #partitions: Partitions

  /** `pool` serves the role outlay_app; `clock` gives microseconds since 1970. */
  constructor(deps: { pool: Pool; configs: TenantConfigs; clock?: () => number }) {
    this.#pool = deps.pool
    this.#configs = deps.configs
    this.#clock = deps.clock ?? (() => Date.now() * 1_000)
    this.#partitions = new Partitions(deps.pool)
  }

  /**
   * Lets an event count nothing any more. userErrors: NOT_FOUND, ALREADY_CORRECTED, and MISSING_FIELD or INVALID_FIELD of the reason.
   */
  async voidInvocation(tenantId: string, input: VoidInput): Promise<CorrectionOutcome> {
    return answer(() => this.#correct({ tenantId, ...checked(input) }, null))
  }

  /**
   * Lets another event count in place of one. It is rated by its own occurredAt, like any event. userErrors: those of voidInvocation,
   * those of an item that is recorded (at `replacement`), and NO_CHANGE.
   */
  async replaceInvocation(tenantId: string, input: ReplaceInput): Promise<CorrectionOutcome> {
    return answer(async () => {
      const { id, reason, by } = checked(input)
      const original = await readOriginal(this.#pool, tenantId, id)
      if (original === null) throw notFound(id)
      const made = { id: replacementId(uuidv7()), now: this.#clock() }
      const replacement = within('replacement', () => replacementOf(original, input.replacement, made))
      await this.#partitions.ensure(tenantId, [replacement.occurredAt])
      return this.#correct({ tenantId, id, reason, by }, replacement)
    })
  }

  async #correct(
    wanted: Pick<Correction, 'tenantId' | 'id' | 'reason' | 'by'>,
    replacement: Invocation | null,
  ): Promise<CorrectionRecord> {
    const { tenantId } = wanted
    for (let attempt = 1; ; attempt++) {
      const config = await this.#configs.get(tenantId)
      const rated = replacement === null ? null : within('replacement', () => candidate(replacement, { config }))
      try {
        return await tenantTransaction(this.#pool, tenantId, (client) =>
          applyCorrection(client, { ...wanted, replacement: rated, config, nowMs: microsToMs(this.#clock()) }),
        )
      } catch (error) {
        // As of an item that is recorded: the database refuses texts and numbers that do not fit.
        if (replacement !== null && isContentError(error)) throw unstorable(error)
        if (attempt >= ATTEMPTS_MAX) throw error
        if (error instanceof StaleConfigError) await this.#configs.reload(tenantId)
        else if (!isTransient(error)) throw error
      }
    }
  }
}

function checked({ id, reason, by }: VoidInput): VoidInput {
  try {
    checkKey(id, 'id')
  } catch {
    // No sender could have recorded it.
    throw notFound(id)
  }
  return { id, reason: within(null, () => checkReason(reason)), by }
}

function notFound(id: string): RefusedCorrection {
  return new RefusedCorrection('NOT_FOUND', `There is no invocation ${quoted(id)}.`, ['id'])
}

function unstorable(error: unknown): RefusedCorrection {
  const reason = error instanceof Error ? error.message : 'it does not fit'
  return new RefusedCorrection('UNSTORABLE', `The replacement cannot be stored: ${reason}`, ['replacement'])
}

/** Runs work whose DomainErrors are the input's, and places them there. */
function within<T>(part: string | null, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const path = error.field === undefined ? [] : error.field.split('.')
    throw new RefusedCorrection(error.code, error.message, part === null ? path : [part, ...path])
  }
}

async function answer(work: () => Promise<CorrectionRecord>): Promise<CorrectionOutcome> {
  try {
    return { correction: await work(), userErrors: [] }
  } catch (error) {
    if (!(error instanceof RefusedCorrection)) throw error
    return { correction: null, userErrors: [error.userError] }
  }
}
