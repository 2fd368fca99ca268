import { Amount } from '../../../../../components/ui/amount.tsx'
import { Tile, TileStrip } from '../../../../../components/ui/tiles.tsx'
import { attributedOf } from '../../../../../lib/basis.ts'
import { isZero, moneyText, signedMoneyText } from '../../../../../lib/format.ts'
import { plural } from '../../../../../lib/plural.ts'
import { fullyLoadedOf, hasPools } from '../../../../../lib/fleet-pools.ts'
import type { Tenant } from '../../../../../lib/session.ts'
import { dayText } from '../../../../../lib/time.ts'
import { currentEdition, type MonthFleet, type Period } from './period-detail.ts'

interface MonthTilesProps {
  period: Period
  fleet: MonthFleet
  tenant: Tenant
}

/** What the month comes to: as it was closed, or as it stands now. */
export function MonthTiles({ period, fleet, tenant }: MonthTilesProps) {
  const edition = currentEdition(period)
  const { cost, unallocated, tasksCompleted } = edition ?? fleet
  const pools = { ...unallocated, amount: fullyLoadedOf({ cost: { total: cost.allocated }, unallocated }).amount }
  const noPools = edition === null && !hasPools(fleet)
  return (
    <TileStrip label="Key figures">
      <Tile
        label="Fully loaded"
        figure={<Amount money={fullyLoadedOf({ cost, unallocated })} as="text" />}
        context={edition === null ? 'as it stands now' : `as closed on ${dayText(edition.closedAt, tenant.timeZone)}`}
      />
      <Tile
        label="Attributed"
        figure={<Amount money={attributedOf(cost)} as="text" />}
        context={`${moneyText(cost.chainShared)} of it chain-shared`}
      />
      <Tile
        label="Pools"
        figure={<Amount money={noPools ? null : pools} as="text" reason="There is no pool in this month" />}
        context={
          noPools
            ? 'none declared'
            : isZero(unallocated.amount)
              ? 'all of it allocated'
              : `${moneyText(unallocated)} unallocated`
        }
      />
      {edition === null ? null : (
        <Tile
          label="Billed for completed tasks"
          figure={<Amount money={edition.revenue} as="text" reason="No task completed in the month was billed" />}
          context={plural(tasksCompleted, 'task') + ' completed'}
        />
      )}
      <Tile
        label="Corrections posted"
        figure={<span className="num">{signedMoneyText(period.correctionsPosted)}</span>}
        context={
          isZero(period.correctionsReceived.amount)
            ? 'none received'
            : `${signedMoneyText(period.correctionsReceived)} received from closed ones`
        }
      />
    </TileStrip>
  )
}
