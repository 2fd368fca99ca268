import type { ReactNode } from 'react'
import { Watch } from '../../../components/alert/watch.tsx'
import { showsParts } from '../../../components/cost/cost-parts.tsx'
import { Section } from '../../../components/ui/section.tsx'
import { Skeleton } from '../../../components/ui/skeleton.tsx'
import type { FleetQuery } from '../../../generated/graphql.ts'
import type { ColourOf } from '../../../lib/colours.ts'
import { areComparable, basisOf, hasPools } from '../../../lib/fleet-pools.ts'
import type { LensId } from '../../../lib/lens.ts'
import type { Period } from '../../../lib/period.ts'
import type { SearchParams } from '../../../lib/search-params.ts'
import type { Viewer } from '../../../lib/session.ts'
import { ByAgent } from './by-agent.tsx'
import { ByResource } from './by-resource.tsx'
import { ChainSharedUses } from './chain-shared-uses.tsx'
import { Conservation } from './conservation.tsx'
import { CostOverTime } from './cost-over-time.tsx'
import { DearestProjects, DearestTasks } from './dearest.tsx'
import { FleetParts } from './fleet-parts.tsx'
import { MissingTags } from './missing-tags.tsx'
import { Movers } from './movers.tsx'
import { RecentSpend } from './recent-spend.tsx'
import { TopClients } from './top-clients.tsx'
import { UnpricedUsage } from './unpriced-usage.tsx'

interface View {
  data: FleetQuery
  viewer: Viewer
  period: Period
  params: SearchParams
  colourOf: ColourOf
}

/** What follows the key figures, chosen and ordered for who reads it. */
export function Sections({ lens, view }: { lens: LensId; view: View }) {
  switch (lens) {
    case 'leadership':
      return <ForLeadership {...view} />
    case 'finance':
      return <ForFinance {...view} />
    case 'projects':
      return <ForProjects {...view} />
    case 'engineering':
      return <ForEngineering {...view} />
    default:
      return lens satisfies never
  }
}

function ForLeadership(view: View) {
  return (
    <>
      <Recent {...view} />
      <Beside main={<OverTime {...view} />} side={<Agents {...view} />} />
      <div className="grid gap-x-4 lg:grid-cols-2 lg:[&>:only-child]:col-span-full print:grid-cols-2 print:[&>:only-child]:col-span-full">
        <Alerts isWithoutBudgets {...view} />
        <Moved by="AGENT" {...view} />
      </div>
      <Clients {...view} />
      <Parts {...view} />
    </>
  )
}

function ForFinance(view: View) {
  return (
    <>
      <Parts {...view} />
      <Beside main={<OverTime {...view} />} side={<Agents {...view} />} />
      <Clients {...view} />
      <Moved by="CLIENT" {...view} />
      <Unpriced {...view} />
      <SharedUses {...view} />
      <Alerts {...view} />
    </>
  )
}

function ForProjects(view: View) {
  return (
    <>
      <Alerts {...view} />
      <Section fallback={<Skeleton className="mb-4 h-96 w-full rounded-card" />}>
        <DearestProjects {...dearest(view)} />
      </Section>
      <Section fallback={<Skeleton className="mb-4 h-96 w-full rounded-card" />}>
        <DearestTasks {...dearest(view)} />
      </Section>
      <Beside main={<OverTime {...view} />} side={<Agents {...view} />} />
    </>
  )
}

function ForEngineering(view: View) {
  const { data, period, params } = view
  return (
    <>
      <Recent {...view} />
      <Beside
        main={<OverTime {...view} />}
        side={
          <Section fallback={<Skeleton className="h-96 w-full rounded-card" />}>
            <ByResource range={period.range} params={params} />
          </Section>
        }
      />
      <Alerts {...view} />
      <Moved by="RESOURCE" {...view} />
      <MissingTags fleet={data.fleetCost} period={period} />
      <Unpriced {...view} />
      <SharedUses {...view} />
    </>
  )
}

function dearest({ data, period, params, viewer }: View) {
  const { fleetCost } = data
  return {
    period,
    params,
    basis: basisOf(params, fleetCost),
    isNamed: showsParts(hasPools(fleetCost), params),
    currency: viewer.tenant.currency,
  }
}

/** A wide part and a narrow one. */
function Beside({ main, side }: { main: ReactNode; side: ReactNode }) {
  return (
    <div className="mb-4 grid gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(300px,368px)] print:grid-cols-[minmax(0,1fr)_340px]">
      {main}
      {side}
    </div>
  )
}

function Recent({ data, viewer, period }: View) {
  return (
    <RecentSpend
      recent={data.recent}
      tenant={viewer.tenant}
      hasPools={hasPools(data.fleetCost)}
      isMonthShown={period.preset !== 'mtd' || hasPools(data.fleetCost)}
    />
  )
}

function OverTime({ data, period, viewer }: View) {
  return <CostOverTime data={data} period={period} tenant={viewer.tenant} />
}

function Agents({ data, period, params, colourOf }: View) {
  return (
    <ByAgent fleet={data.fleetCost} agents={data.agentCosts?.nodes ?? []} colourOf={colourOf} params={params}>
      <Conservation range={period.range} invocations={data.fleetCost.cost.invocations} path="/" params={params} />
    </ByAgent>
  )
}

function Alerts({ viewer, isWithoutBudgets = false }: View & { isWithoutBudgets?: boolean }) {
  return (
    <Section fallback={<Skeleton className="mb-4 h-40 w-full rounded-card" />}>
      <Watch of={null} viewer={viewer} isWithoutBudgets={isWithoutBudgets} />
    </Section>
  )
}

function Moved({ by, data, period, params }: View & { by: 'AGENT' | 'CLIENT' | 'RESOURCE' }) {
  if (period.comparison === null) return null
  const isLoaded = areComparable(data.fleetCost, data.before)
  return (
    <Section fallback={<Skeleton className="mb-4 h-72 w-full rounded-card" />}>
      <Movers by={by} period={period} isLoaded={isLoaded} params={params} />
    </Section>
  )
}

function Clients({ data, params, period }: View) {
  return (
    <TopClients
      fleet={data.fleetCost}
      clients={data.clientCosts?.nodes ?? []}
      params={params}
      period={period}
      basis={basisOf(params, data.fleetCost)}
    />
  )
}

function Parts({ data, params, period }: View) {
  return <FleetParts fleet={data.fleetCost} params={params} period={period} />
}

function Unpriced({ data, period, viewer }: View) {
  return (
    <div className="mb-4 empty:hidden">
      <Section>
        <UnpricedUsage range={period.range} count={data.fleetCost.cost.unpricedInvocations} tenant={viewer.tenant} />
      </Section>
    </div>
  )
}

function SharedUses({ data, period }: View) {
  return (
    <Section>
      <ChainSharedUses range={period.range} cost={data.fleetCost.cost.chainShared} />
    </Section>
  )
}
