import { Amount } from '../../../components/ui/amount.tsx'
import { Delta } from '../../../components/ui/delta.tsx'
import { Tile, TileStrip } from '../../../components/ui/tiles.tsx'
import { absorptionWord, FALLBACK_NAMES, totalOfPools, versionToShow } from '../../../lib/allocation.ts'
import { dateText, daysBetween } from '../../../lib/calendar.ts'
import { changeRatio, countText, isZero, moneyText, sumOf } from '../../../lib/format.ts'
import type { Tenant } from '../../../lib/session.ts'
import type { Pool } from './pool-facts.ts'

interface AllocationTilesProps {
  pools: readonly Pool[]
  before: readonly { amountConverted?: { amount: string } | null }[]
  tenant: Tenant
}

/** What the month's pools come to, and where that is. */
export function AllocationTiles({ pools, before, tenant }: AllocationTilesProps) {
  const total = totalOfPools(pools)
  const money = (amount: string) => ({ amount, currency: tenant.currency })
  const known = pools.filter((pool) => pool.amountConverted != null)
  const beforeSum = sumOf(
    before.flatMap(({ amountConverted }) => (amountConverted == null ? [] : [amountConverted.amount])),
  )
  const word = absorptionWord(total.under)
  return (
    <TileStrip label="Key figures">
      <Tile
        label="Pools of the month"
        figure={<Amount as="text" money={money(total.amount)} />}
        context={
          <>
            {known.length === pools.length
              ? countText(pools.length)
              : `${countText(known.length)} of ${countText(pools.length)}`}{' '}
            {pools.length === 1 ? 'pool' : 'pools'}
            {isZero(beforeSum) ? '' : ', '}
            {isZero(beforeSum) ? null : (
              <Delta
                ratio={changeRatio(total.amount, beforeSum)}
                against="on the month before"
                whyNot="Pools are entered, not used: the list below has each of them beside its month before"
              />
            )}
          </>
        }
      />
      <Tile
        label="Allocated"
        figure={<Amount as="text" money={money(total.allocated)} />}
        context={<Conserved pools={pools} />}
      />
      <Tile
        label="Unallocated"
        figure={<Amount as="text" money={money(total.unallocated)} />}
        context={unallocatedText(pools)}
      />
      {word === null ? null : (
        <Tile
          label={word === 'over-absorbed' ? 'Over-absorbed' : 'Under-absorbed'}
          figure={<Amount as="text" money={money(total.under.replace(/^-/, ''))} />}
          context="of overhead rates, posted as such"
        />
      )}
      <NextReview pools={pools} today={tenant.today} />
    </TileStrip>
  )
}

function Conserved({ pools }: { pools: readonly Pool[] }) {
  const runs = pools.flatMap(({ run }) => (run == null ? [] : [run]))
  if (runs.length === 0) return 'no pool is run yet'
  if (runs.every(({ check }) => check.balanced)) return <span className="text-ok">conserved to the penny</span>
  return <span className="text-bad">a sum differs from its pool</span>
}

/** Why money is not allocated, the largest reason first. */
function unallocatedText(pools: readonly Pool[]): string {
  const waiting = pools.filter((pool) => pool.run == null && pool.amountConverted != null).length
  if (waiting > 0) return `${countText(waiting)} ${waiting === 1 ? 'pool is' : 'pools are'} not run`
  const idle = pools.flatMap(({ run }) => (run?.idle == null || isZero(run.unallocated.amount) ? [] : [run.idle]))
  const currency = idle[0]?.currency
  if (currency !== undefined) {
    const sum = { amount: sumOf(idle.map(({ amount }) => amount)), currency }
    if (!isZero(sum.amount)) return `${moneyText(sum)} of it is idle capacity`
  }
  const held = pools.find(({ run }) => run?.fallback === 'HOLD')
  if (held !== undefined) return `fallback “${FALLBACK_NAMES.HOLD}” used`
  return pools.some(({ run }) => run?.fallback != null) ? 'a fallback was used' : 'no fallback was used'
}

function NextReview({ pools, today }: { pools: readonly Pool[]; today: string }) {
  const [next] = pools
    .flatMap((pool) => {
      const version = versionToShow(pool.policies, pool.month)
      return version?.state === 'APPROVED' ? [{ on: version.reviewDueOn, pool: pool.name }] : []
    })
    .sort((a, b) => (a.on < b.on ? -1 : 1))
  if (next === undefined) return <Tile label="Next review" figure="none" context="no policy is approved yet" />
  const days = daysBetween(today, next.on)
  return (
    <Tile
      label="Next review"
      figure={dateText(next.on, { year: true })}
      context={
        <span className={days <= 0 ? 'text-warn' : ''}>
          {days <= 0 ? 'due now' : `in ${countText(days)} ${days === 1 ? 'day' : 'days'}`}, {next.pool}
        </span>
      }
    />
  )
}
