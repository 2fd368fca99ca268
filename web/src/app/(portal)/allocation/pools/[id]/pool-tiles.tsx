import { Amount } from '../../../../../components/ui/amount.tsx'
import { Tile, TileStrip } from '../../../../../components/ui/tiles.tsx'
import { absorptionWord, poolSums, versionToShow, fallbackName } from '../../../../../lib/allocation.ts'
import { dateText } from '../../../../../lib/calendar.ts'
import { codeMoneyText, isZero, moneyText } from '../../../../../lib/format.ts'
import { shortMonthText } from '../../../../../lib/months.ts'
import type { PoolDetail } from './pool-detail.ts'

/** What the pool comes to in the month, where that is, and by which version of its policy. */
export function PoolTiles({ pool }: { pool: PoolDetail }) {
  const sums = poolSums(pool)
  const currency = pool.amountConverted?.currency ?? ''
  const money = (amount: string | undefined) => (amount === undefined ? null : { amount, currency })
  const word = sums === null ? null : absorptionWord(sums.under)
  const reason = `No ${pool.amount.currency} rate on the last day of ${shortMonthText(pool.month)}`
  return (
    <TileStrip label="Key figures">
      <Tile
        label={`Amount, ${shortMonthText(pool.month)}`}
        figure={<Amount as="text" money={pool.amountConverted} reason={reason} />}
        context={amountText(pool)}
      />
      <Tile
        label="Allocated"
        figure={<Amount as="text" money={money(sums?.allocated)} reason={reason} />}
        context={<Conserved pool={pool} />}
      />
      <Tile
        label="Unallocated"
        figure={<Amount as="text" money={money(sums?.unallocated)} reason={reason} />}
        context={unallocatedText(pool)}
      />
      {word === null || sums === null ? null : (
        <Tile
          label={word === 'over-absorbed' ? 'Over-absorbed' : 'Under-absorbed'}
          figure={<Amount as="text" money={money(sums.under.replace(/^-/, ''))} />}
          context="by the overhead rate, posted as such"
        />
      )}
      <PolicyTile pool={pool} />
    </TileStrip>
  )
}

function amountText(pool: PoolDetail): string {
  const { run } = pool
  const feeds = run == null ? [] : [feedText(run.received, 'from other pools'), feedText(run.passedOn, 'passed on')]
  const said = feeds.filter((text) => text !== null)
  if (said.length > 0) return said.join(', ')
  if (pool.amount.currency !== pool.amountConverted?.currency) return `${codeMoneyText(pool.amount)} by itself`
  return pool.recurrence === 'MONTHLY' ? 'every month' : 'once'
}

function feedText(money: { amount: string; currency: string }, words: string): string | null {
  return isZero(money.amount) ? null : `${moneyText(money)} ${words}`
}

function Conserved({ pool }: { pool: PoolDetail }) {
  if (pool.run == null) return 'not run yet'
  return pool.run.check.balanced ? (
    <span className="text-ok">conserved to the penny</span>
  ) : (
    <span className="text-bad">a sum differs from the pool</span>
  )
}

function unallocatedText({ run, policy }: PoolDetail): string {
  if (run == null) return 'until the month is run'
  if (run.idle != null && !isZero(run.idle.amount)) {
    return `${moneyText(run.idle)} of capacity is idle${policy?.idle === 'SHARED' ? ', shared' : ', held'}`
  }
  return run.fallback == null ? 'no fallback was used' : `fallback: ${fallbackName(run.fallback)}`
}

function PolicyTile({ pool }: { pool: PoolDetail }) {
  const version = versionToShow(pool.policies, pool.month)
  if (version === null) return <Tile label="Policy" figure="none" context="no version yet" />
  if (version.state !== 'APPROVED') {
    return <Tile label="Policy" figure={`v${version.version}`} context={version.state.toLowerCase()} />
  }
  const review = dateText(version.reviewDueOn, { year: true })
  return (
    <Tile
      label="Policy"
      figure={`v${version.version}`}
      context={
        <>
          since {shortMonthText(version.effectiveFrom)},{' '}
          {version.isReviewDue ? <span className="text-warn">review was due {review}</span> : `review ${review}`}
        </>
      }
    />
  )
}
