import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { MonthBar } from '../../../../../components/period/month-bar.tsx'
import { Badge } from '../../../../../components/ui/badge.tsx'
import { HiddenByRole } from '../../../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../../../components/ui/link.tsx'
import { PageHeader } from '../../../../../components/ui/page-header.tsx'
import { Section } from '../../../../../components/ui/section.tsx'
import { Skeleton } from '../../../../../components/ui/skeleton.tsx'
import { WithPeek } from '../../../../../components/ui/with-peek.tsx'
import { CATEGORY_NAMES, versionToShow } from '../../../../../lib/allocation.ts'
import { monthName, monthOf, monthParam, monthsText, monthText } from '../../../../../lib/months.ts'
import { tenantTruth } from '../../../../../lib/page-context.ts'
import { staffViewer } from '../../../../../lib/role-gate.ts'
import { first, hrefWith, type SearchParams } from '../../../../../lib/search-params.ts'
import { mayKeepRates, type Tenant } from '../../../../../lib/session.ts'
import { momentText } from '../../../../../lib/time.ts'
import { FallbackBadge, RunBadge } from '../../pool-badges.tsx'
import { obstacleOf } from '../../pool-facts.ts'
import { ReadOnly } from '../../read-only.tsx'
import { RunAllocation } from '../../run-allocation.tsx'
import { AmountHistory } from './amount-history.tsx'
import { EndPool, SetAmount } from './pool-actions.tsx'
import { poolById, type PoolDetail } from './pool-detail.ts'
import { PoolTiles } from './pool-tiles.tsx'
import { RunHistory } from './run-history.tsx'
import { ServedPools } from './served-pools.tsx'
import { SharePeek } from './share-peek.tsx'
import { Shares } from './shares.tsx'
import { askMonthUsage, NotCompared, unaskedReads, WaysToSplit } from './ways-to-split.tsx'

export const metadata: Metadata = { title: 'Pool' }

interface PoolPageProps {
  params: Promise<{ id: string }>
  searchParams: Promise<SearchParams>
}

export default async function PoolPage({ params, searchParams }: PoolPageProps) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const id = decodeURIComponent((await params).id)
  const asked = await searchParams
  const month = monthOf(asked, tenant.today)
  askMonthUsage(month)
  const pool = await poolById(id, month)
  if (pool === null) notFound()
  const reads = await unaskedReads(pool, asked)
  const path = `/allocation/pools/${encodeURIComponent(id)}`
  const agent = pool.run?.shares.find((share) => share.agent.key === first(asked.agent))
  const mayKeep = mayKeepRates(viewer.role)
  return (
    <>
      <PageHeader
        title={pool.name}
        badge={
          <>
            <RunBadge pool={pool} />
            {pool.run == null ? null : <FallbackBadge run={pool.run} />}
          </>
        }
        crumbs={[{ label: 'Allocation', href: `/allocation?month=${monthParam(pool.month)}` }]}
        truth={[...tenantTruth(tenant), ...poolTruth(pool, tenant)]}
        actions={<Actions pool={pool} path={path} tenant={tenant} mayKeep={mayKeep} />}
      />
      <MonthBar
        path={path}
        params={asked}
        month={pool.month}
        today={tenant.today}
        badge={<Badge tone="outline">{monthsText(pool.firstMonth, pool.lastMonth)}</Badge>}
        note={
          obstacleOf(pool) ??
          (pool.run?.isStale ? 'Something came after the inputs were frozen. Run again to include it.' : undefined)
        }
      />
      {mayKeep ? null : <ReadOnly />}
      <PoolTiles pool={pool} />
      <div className="flex flex-col gap-4">
        {reads !== null ? (
          <NotCompared invocations={reads} href={hrefWith(path, asked, { methods: 'compared' })} />
        ) : (
          <Section
            key={JSON.stringify([pool.id, pool.month, first(asked.methods)])}
            fallback={
              <>
                <Skeleton className="h-72 w-full rounded-card" />
                <Skeleton className="h-96 w-full rounded-card" />
              </>
            }
          >
            <WaysToSplit pool={pool} path={path} params={asked} tenant={tenant} mayKeep={mayKeep} />
          </Section>
        )}
        <WithPeek
          panel={
            agent === undefined || pool.run == null ? null : (
              <SharePeek pool={pool} run={pool.run} share={agent} closeHref={hrefWith(path, asked, { agent: null })} />
            )
          }
        >
          <Shares pool={pool} path={path} params={asked} openKey={agent?.agent.key ?? null} />
        </WithPeek>
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <AmountHistory pool={pool} tenant={tenant} />
          <ServedPools pool={pool} />
        </div>
        <RunHistory pool={pool} tenant={tenant} />
      </div>
    </>
  )
}

function poolTruth(pool: PoolDetail, tenant: Tenant) {
  return [
    { text: CATEGORY_NAMES[pool.category], title: 'The category of the pool' },
    {
      text: pool.run == null ? 'not run' : `run ${momentText(pool.run.snapshot, tenant.timeZone)}, inputs frozen`,
      href: '#runs',
      title: 'A run reads what had arrived at that moment, and nothing later',
    },
  ]
}

interface ActionsProps {
  pool: PoolDetail
  path: string
  tenant: Tenant
  mayKeep: boolean
}

function Actions({ pool, path, tenant, mayKeep }: ActionsProps) {
  const version = versionToShow(pool.policies, pool.month)
  const month = monthParam(pool.month)
  return (
    <>
      <Link href={`${path}/policy?month=${month}`} className="control">
        Policy{version === null ? '' : ` v${version.version}`}
      </Link>
      {mayKeep ? (
        <>
          <SetAmount
            poolId={pool.id}
            name={pool.name}
            currency={pool.amount.currency}
            amount={pool.amount.amount}
            month={month}
            isMonthly={pool.recurrence === 'MONTHLY'}
          />
          {pool.recurrence === 'MONTHLY' ? (
            <EndPool
              poolId={pool.id}
              name={pool.name}
              month={pool.lastMonth == null ? month : monthParam(pool.lastMonth)}
            />
          ) : null}
          {obstacleOf(pool) !== null || pool.month > tenant.today ? null : (
            <RunAllocation
              key={pool.month}
              month={pool.month}
              poolIds={[pool.id]}
              label={pool.run == null ? `Run ${monthName(pool.month)}` : 'Run again'}
              isPrimary
            />
          )}
        </>
      ) : null}
      <span className="sr-only">Shown for {monthText(pool.month)}</span>
    </>
  )
}
