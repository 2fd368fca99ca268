import type { ReratingRecord } from '@outlay/db/sql/read-reratings'
import { ratio } from '@outlay/domain/money/fixed18'
import { parseInstant } from '@outlay/domain/periods/instant'

const MICROS_PER_SECOND = 1_000_000n

/** How far the phase that a job is in has come. */
export interface JobProgress {
  done: string
  total: string
  /** 0 to 1, four decimals; null while it is not known how much there is. */
  ratio: string | null
  /** Whole events a second since the phase began; null before the first page. */
  perSecond: string | null
  /** Null unless it is being worked on. */
  etaSeconds: number | null
}

/**
 * Tells the progress from the counters of the row alone, so that every process tells the same. A job that was interrupted counts the
 * time in which nobody worked on it.
 */
export function progressOf(job: ReratingRecord): JobProgress {
  const isApply = job.applyStartedAt !== null && (job.state === 'APPLYING' || job.state === 'APPLIED')
  const since = isApply ? job.applyStartedAt : job.state === 'APPLY_QUEUED' ? null : job.startedAt
  const [done, total] = [BigInt(job.eventsDone), BigInt(job.eventsTotal ?? 0)]
  const elapsed = since === null ? 0n : BigInt(parseInstant(job.updatedAt) - parseInstant(since))
  const isAtWork = job.state === 'PREVIEWING' || job.state === 'APPLYING'
  const isFinished = job.state === 'PREVIEWED' || job.state === 'APPLIED'
  return {
    done: done.toString(),
    total: total.toString(),
    ratio: total === 0n && isFinished ? '1' : ratio(done, total, 4),
    perSecond: done === 0n || elapsed <= 0n ? null : ratio(done * MICROS_PER_SECOND, elapsed, 0),
    etaSeconds: isAtWork && done > 0n ? secondsLeft({ done, total, elapsed }) : null,
  }
}

function secondsLeft({ done, total, elapsed }: { done: bigint; total: bigint; elapsed: bigint }): number {
  const left = total > done ? total - done : 0n
  const unit = done * MICROS_PER_SECOND
  return Number((left * elapsed + unit - 1n) / unit)
}
