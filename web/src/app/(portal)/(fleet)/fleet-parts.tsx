import { CostParts, showsParts, type CostPart } from '../../../components/cost/cost-parts.tsx'
import { Link } from '../../../components/ui/link.tsx'
import type { FleetQuery } from '../../../generated/graphql.ts'
import { countText, isZero, moneyText, percentText, shareOf } from '../../../lib/format.ts'
import { periodText, type Period } from '../../../lib/period.ts'
import { allocatedOf, fullyLoadedOf, hasPools, isWaiting } from '../../../lib/fleet-pools.ts'
import type { SearchParams } from '../../../lib/search-params.ts'
import { sumLinks } from '../../../lib/sum.ts'

type Fleet = FleetQuery['fleetCost']

/** Direct, chain-shared, allocated and what no agent bears yet: together the fully loaded cost (law L15). Absent without pools. */
export function FleetParts({ fleet, params, period }: { fleet: Fleet; params: SearchParams; period: Period }) {
  const pools = hasPools(fleet)
  if (!showsParts(pools, params)) return null
  const { direct, chainShared, allocated } = fleet.cost
  const total = fullyLoadedOf(fleet)
  const sum = sumLinks('/', params)
  const poolParts: CostPart[] = [
    { kind: 'allocated', ...allocatedOf(fleet, allocated), href: '/allocation', sumHref: sum('allocated') },
    { kind: 'unallocated', money: fleet.unallocated, href: '/allocation' },
  ]
  return (
    <CostParts
      heading={headingOf(fleet)}
      caption={`Fully loaded cost by part, ${periodText(period)}`}
      parts={[
        { kind: 'direct', money: direct, sumHref: sum('direct') },
        {
          kind: 'shared',
          money: chainShared,
          sumHref: sum('shared'),
          ...(isZero(chainShared.amount) ? {} : { href: '#chain-shared' }),
        },
        ...(pools ? poolParts : []),
      ]}
      total={total}
      sumHref={sum('loaded')}
      path="/"
      params={params}
      facts={fleet}
    >
      <Unconverted count={fleet.pools.unconvertedPools} />
    </CostParts>
  )
}

function headingOf(fleet: Fleet): string {
  const total = fullyLoadedOf(fleet)
  const { pools, unallocated } = fleet
  if (!hasPools(fleet)) return `${moneyText(total)} attributed, and no pool in this period`
  if (isWaiting(fleet)) return `${moneyText(pools.total)} of pools are not allocated yet`
  const share = shareOf(pools.total.amount, total.amount)
  const ofAll = share === null ? '' : `, ${percentText(share, 0)} of the fully loaded cost`
  if (isZero(unallocated.amount)) return `Pools are ${moneyText(pools.total)}${ofAll}, all of it allocated`
  return `Pools are ${moneyText(pools.total)}${ofAll}; ${moneyText(unallocated)} is not allocated`
}

/** Pools in a currency without an exchange rate are in no amount, and that is said. */
function Unconverted({ count }: { count: number }) {
  if (count === 0) return null
  return (
    <p className="mt-3 text-caption text-warn">
      {countText(count)} {count === 1 ? 'pool has' : 'pools have'} no exchange rate and {count === 1 ? 'is' : 'are'} in
      no amount.{' '}
      <Link href="/allocation" className="link inline-flex min-h-6 items-center">
        Which
      </Link>
    </p>
  )
}
