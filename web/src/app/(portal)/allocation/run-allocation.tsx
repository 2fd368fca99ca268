'use client'

import { RotateCw } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState, useTransition } from 'react'
import { graphql } from '../../../lib/browser-graphql.ts'
import { browserQuery } from '../../../lib/browser-api.ts'
import { countText, moneyText, sumOf } from '../../../lib/format.ts'

const RunAllocationDocument = graphql(`
  mutation RunAllocation($input: RunAllocationInput!) {
    runAllocation(input: $input) {
      runs {
        allocated {
          amount
          currency
        }
        unallocated {
          amount
        }
        underAbsorbed {
          amount
        }
      }
      jobId
      userErrors {
        message
      }
    }
  }
`)

const AllocationJobDocument = graphql(`
  query AllocationJobProgress($id: ID!) {
    allocationJob(id: $id) {
      state
      error
      runs {
        allocated {
          amount
          currency
        }
        unallocated {
          amount
        }
        underAbsorbed {
          amount
        }
      }
    }
  }
`)

interface RunAllocationProps {
  month: string
  /** These alone; without them all pools of the month. */
  poolIds?: readonly string[]
  label: string
  isPrimary?: boolean
}

interface Outcome {
  allocated: { amount: string; currency: string }
  unallocated: { amount: string }
  underAbsorbed: { amount: string }
}

type Result = { runs: readonly Outcome[]; notes: string } | { refusal: string }

const POLL_MS = 700

/** `4 pools run: £820.00 allocated, £0.00 unallocated`. */
function outcomeText(runs: readonly Outcome[]): string {
  const currency = runs[0]?.allocated.currency
  if (currency === undefined) return 'There was no pool to run.'
  const sum = (of: (run: Outcome) => string) => moneyText({ amount: sumOf(runs.map(of)), currency })
  const under = sumOf(runs.map((run) => run.underAbsorbed.amount))
  const pools = runs.length === 1 ? '1 pool run' : `${countText(runs.length)} pools run`
  const absorbed = under === '0' ? '' : `, ${sum((run) => run.underAbsorbed.amount)} under-absorbed`
  return `${pools}: ${sum((run) => run.allocated.amount)} allocated, ${sum((run) => run.unallocated.amount)} unallocated${absorbed}.`
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** Asks until the job has ended: what its runs came to, or why there are none. */
async function followJob(id: string, signal: AbortSignal): Promise<readonly Outcome[] | string> {
  while (!signal.aborted) {
    const { allocationJob } = await browserQuery(AllocationJobDocument, { id }, signal)
    if (allocationJob == null) return 'The run is not there any more.'
    if (allocationJob.state === 'FAILED') return allocationJob.error ?? 'The run failed, and gave no reason.'
    if (allocationJob.state === 'DONE') return allocationJob.runs
    await wait(POLL_MS, signal)
  }
  return ''
}

async function runPools(
  input: { month: string; poolIds: string[] | null },
  signal: AbortSignal,
  onQueued: () => void,
): Promise<Result> {
  const { runAllocation } = await browserQuery(RunAllocationDocument, { input: { ...input, wait: true } }, signal)
  // Beside a run they name the pools that were left out of it.
  const notes = runAllocation.userErrors.map((error) => error.message).join(' ')
  if (runAllocation.runs != null) return { runs: runAllocation.runs, notes }
  if (runAllocation.jobId == null) return { refusal: notes || 'The server started no run.' }
  // It took longer than the server lets anybody wait; the job itself goes on.
  onQueued()
  const followed = await followJob(runAllocation.jobId, signal)
  return typeof followed === 'string' ? { refusal: followed } : { runs: followed, notes }
}

type State = { kind: 'idle' | 'running' } | { kind: 'done' | 'refused'; text: string }

/** Runs the pools of a month, says how far it is, and then what came of it. The run goes on if the page is left. */
export function RunAllocation({ month, poolIds, label, isPrimary }: RunAllocationProps) {
  const router = useRouter()
  const abort = useRef(new AbortController())
  const [state, setState] = useState<State>({ kind: 'idle' })
  const [isLong, setLong] = useState(false)
  const [isRefreshing, startRefresh] = useTransition()
  const isBusy = state.kind === 'running' || isRefreshing

  useEffect(() => {
    abort.current = new AbortController()
    return () => abort.current.abort()
  }, [])

  async function run(): Promise<void> {
    setState({ kind: 'running' })
    setLong(false)
    try {
      const outcome = await runPools(
        { month, poolIds: poolIds === undefined ? null : [...poolIds] },
        abort.current.signal,
        () => setLong(true),
      )
      setState(
        'refusal' in outcome
          ? { kind: 'refused', text: outcome.refusal }
          : { kind: 'done', text: `${outcomeText(outcome.runs)} ${outcome.notes}`.trim() },
      )
      startRefresh(() => router.refresh())
    } catch (error) {
      if (abort.current.signal.aborted) return
      setState({ kind: 'refused', text: error instanceof Error ? error.message : 'It was not run.' })
    }
  }

  return (
    <>
      <button
        type="button"
        className={`control no-print ${isPrimary ? 'control-primary' : ''}`}
        disabled={isBusy}
        aria-busy={isBusy}
        onClick={() => void run()}
      >
        <RotateCw size={14} strokeWidth={1.6} aria-hidden />
        {state.kind === 'running' ? 'Running…' : label}
      </button>
      <p
        role="status"
        className={`order-last basis-full text-caption empty:hidden sm:text-right ${state.kind === 'refused' ? 'text-bad' : 'text-ink-2'}`}
      >
        {state.kind === 'running'
          ? isLong
            ? 'Waiting for a worker; it goes on if you leave this page.'
            : 'Reading the month and splitting its pools…'
          : 'text' in state
            ? state.text
            : null}
      </p>
    </>
  )
}
