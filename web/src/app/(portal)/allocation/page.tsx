import { Plus, Upload } from 'lucide-react'
import type { Metadata } from 'next'
import { MonthBar } from '../../../components/period/month-bar.tsx'
import { PeriodBadge } from '../../../components/period/period-badge.tsx'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { PageHeader } from '../../../components/ui/page-header.tsx'
import { Section } from '../../../components/ui/section.tsx'
import { Skeleton } from '../../../components/ui/skeleton.tsx'
import { graphql } from '../../../generated/gql.ts'
import { colourOfAgents } from '../../../lib/agents.ts'
import { query } from '../../../lib/api.ts'
import { addDays } from '../../../lib/calendar.ts'
import { closeHref } from '../../../lib/closed-months.ts'
import { countText } from '../../../lib/format.ts'
import { addMonths, monthName, monthOf, monthParam, rangeOfMonth } from '../../../lib/months.ts'
import { truthOf } from '../../../lib/page-context.ts'
import { staffViewer } from '../../../lib/role-gate.ts'
import type { SearchParams } from '../../../lib/search-params.ts'
import { mayKeepRates, type Tenant } from '../../../lib/session.ts'
import { momentText } from '../../../lib/time.ts'
import { AgentShares } from './agent-shares.tsx'
import { AllMethods } from './all-methods.tsx'
import { AllocationTiles } from './allocation-tiles.tsx'
import { Decisions } from './decisions.tsx'
import { NoPools } from './no-pools.tsx'
import { obstacleOf, type Pool } from './pool-facts.ts'
import { PoolTable } from './pool-table.tsx'
import { ReadOnly } from './read-only.tsx'
import { RunAllocation } from './run-allocation.tsx'

export const metadata: Metadata = { title: 'Allocation' }

const AllocationDocument = graphql(`
  query Allocation($month: Date!, $before: Date!, $range: DateRangeInput!) {
    costPools(month: $month) {
      ...PoolFacts
      run {
        shares {
          ...AgentShareFacts
        }
      }
    }
    before: costPools(month: $before) {
      name
      amountConverted {
        amount
      }
    }
    period(month: $month) {
      state
      edition
    }
    fleetCost(range: $range, compareTo: NONE) {
      dataThrough
      attributionRatio
      cost {
        invocations
        unpricedInvocations
      }
    }
  }
`)

export default async function AllocationPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const params = await searchParams
  const month = monthOf(params, tenant.today)
  const range = rangeOfMonth(month, tenant.today)
  const [data, colourOf] = await Promise.all([
    query(AllocationDocument, { month, before: addMonths(month, -1), range }),
    colourOfAgents(),
  ])
  const pools = data.costPools
  const mayKeep = mayKeepRates(viewer.role)
  const isClosed = data.period.state === 'CLOSED'
  const { fleetCost } = data
  return (
    <>
      <PageHeader
        title="Allocation"
        truth={[
          ...truthOf({
            tenant,
            params: { period: 'custom', from: range.from, to: addDays(range.to, -1) },
            dataThrough: fleetCost.dataThrough,
            attributionRatio: fleetCost.attributionRatio,
            unpriced: fleetCost.cost.unpricedInvocations,
          }),
          { text: runsText(pools, tenant), title: 'A run reads what had arrived at that moment, and nothing later' },
        ]}
        actions={mayKeep ? <Actions month={month} today={tenant.today} pools={pools} isClosed={isClosed} /> : undefined}
      />
      <MonthBar
        path="/allocation"
        params={params}
        month={month}
        today={tenant.today}
        badge={
          <Link href={closeHref(month)} className="inline-flex min-h-8 items-center" title="How the month stands">
            <PeriodBadge state={data.period.state} edition={data.period.edition} />
          </Link>
        }
        note={isClosed ? 'The month is closed: its runs stay as they are.' : staleText(pools)}
      />
      {mayKeep ? null : <ReadOnly />}
      {pools.length === 0 ? (
        <NoPools month={month} mayKeep={mayKeep} currency={tenant.currency} />
      ) : (
        <>
          <AllocationTiles pools={pools} before={data.before} tenant={tenant} />
          <PoolTable
            pools={pools}
            before={
              new Map(
                data.before.flatMap(({ name, amountConverted }) =>
                  amountConverted == null ? [] : [[name, amountConverted.amount]],
                ),
              )
            }
            month={month}
            currency={tenant.currency}
            params={params}
          />
          <Section fallback={<Skeleton className="mt-4 h-72 w-full rounded-card" />}>
            <AllMethods
              pools={pools}
              month={month}
              invocations={fleetCost.cost.invocations}
              params={params}
              colourOf={colourOf}
              currency={tenant.currency}
            />
          </Section>
          <div className="mt-4 grid items-start gap-4 lg:grid-cols-2">
            <AgentShares pools={pools} month={month} currency={tenant.currency} colourOf={colourOf} />
            <Decisions pools={pools} />
          </div>
        </>
      )}
    </>
  )
}

interface ActionsProps {
  month: string
  today: string
  pools: readonly Pool[]
  isClosed: boolean
}

function Actions({ month, today, pools, isClosed }: ActionsProps) {
  const runnable = pools.filter((pool) => obstacleOf(pool) === null)
  return (
    <>
      <Link href={`/allocation/import?month=${monthParam(month)}`} className="control">
        <Upload size={16} strokeWidth={1.4} aria-hidden />
        Import CSV
      </Link>
      <Link href={`/allocation/pools/new?month=${monthParam(month)}`} className="control">
        <Plus size={16} strokeWidth={1.4} aria-hidden />
        New pool
      </Link>
      {runnable.length === 0 || month > today || isClosed ? null : (
        <RunAllocation
          key={month}
          month={month}
          label={`Run ${monthName(month)}${runnable.length === pools.length ? '' : `, ${countText(runnable.length)} of ${countText(pools.length)} pools`}`}
          isPrimary
        />
      )}
    </>
  )
}

/** `run 5 Nov, 09:14, inputs frozen`; of pools run at different times the oldest, because all of it is true only then. */
function runsText(pools: readonly Pool[], tenant: Tenant): string {
  const snapshots = pools.flatMap(({ run }) => (run == null ? [] : [run.snapshot])).sort()
  const [oldest] = snapshots
  if (oldest === undefined) return 'not run'
  const of =
    snapshots.length === pools.length ? '' : `${countText(snapshots.length)} of ${countText(pools.length)} pools `
  return `${of}run ${momentText(oldest, tenant.timeZone)}, inputs frozen`
}

function staleText(pools: readonly Pool[]): string | undefined {
  const stale = pools.filter(({ run }) => run?.isStale).length
  if (stale === 0) return undefined
  const which = stale === 1 ? 'One pool is' : `${countText(stale)} pools are`
  return `${which} out of date: something came after the inputs were frozen. Run again to include it.`
}
