import { MiniTable } from '../../../../../components/table/mini-table.tsx'
import { Amount } from '../../../../../components/ui/amount.tsx'
import { Card } from '../../../../../components/ui/card.tsx'
import { EmptyState } from '../../../../../components/ui/empty-state.tsx'
import { Link } from '../../../../../components/ui/link.tsx'
import { absorptionWord, FALLBACK_NAMES, METHOD_NAMES, methodNote, weightUnit } from '../../../../../lib/allocation.ts'
import {
  compareDecimals,
  currencySymbol,
  decimalText,
  exactDecimalText,
  isZero,
  moneyText,
  percentText,
  signedAmountText,
  sumOf,
} from '../../../../../lib/format.ts'
import { plural } from '../../../../../lib/plural.ts'
import { hrefWith, type SearchParams } from '../../../../../lib/search-params.ts'
import { shareArithmetic } from '../../../../../lib/share-arithmetic.ts'
import { CheckBadge } from '../../pool-badges.tsx'
import type { PoolDetail, RunDetail, Share } from './pool-detail.ts'

interface SharesProps {
  pool: PoolDetail
  path: string
  params: SearchParams
  openKey: string | null
}

/** The shares of the current run with their arithmetic, down to the sum that is the pool. */
export function Shares({ pool, path, params, openKey }: SharesProps) {
  const { run } = pool
  if (run == null) {
    return (
      <Card id="shares" title="No shares yet">
        <EmptyState>
          The share of each agent, its weight and where it went will appear here when the month is run.
        </EmptyState>
      </Card>
    )
  }
  const shares = [...run.shares].sort((a, b) => compareDecimals(b.amount.amount, a.amount.amount))
  const symbol = currencySymbol(run.total.currency)
  const rounded = shares.map((share) => arithmeticOf(run, share))
  const hasRemainder = rounded.some(({ remainder }) => remainder !== null && !isZero(remainder))
  return (
    <Card
      flush
      id="shares"
      title={`${plural(shares.length, 'agent bears', 'agents bear')} ${moneyText(run.allocated)}`}
      caption={`${METHOD_NAMES[run.method]}, ${methodNote({ ...run, rate: pool.rate })}: weight ÷ Σ weights × ${moneyText(run.allocated)}, in whole pennies by largest remainder`}
      actions={<CheckBadge run={run} />}
    >
      <MiniTable
        label="Shares"
        maxHeight={640}
        heads={[
          { label: 'Agent' },
          { label: `Weight, ${weightUnit(run)}`, isNumber: true },
          { label: 'Share', isNumber: true },
          { label: `Exact part, ${symbol}`, isNumber: true },
          ...(hasRemainder ? [{ label: `Rounding, ${symbol}`, isNumber: true }] : []),
          { label: `Amount, ${symbol}`, isNumber: true, isMain: true },
        ]}
        rows={[
          ...shares.map((share, index) => ({
            id: share.agent.key,
            isOpen: share.agent.key === openKey,
            cells: shareCells(share, rounded[index], {
              href: hrefWith(path, params, { agent: share.agent.key }),
              hasRemainder,
              currency: run.total.currency,
            }),
          })),
          ...sumRows(pool, run, hasRemainder),
        ]}
      />
      <Proof run={run} />
    </Card>
  )
}

export function arithmeticOf(run: RunDetail, share: Share) {
  return shareArithmetic({
    weight: share.weight,
    weights: run.shares.map(({ weight }) => weight),
    total: run.allocated.amount,
    amount: share.amount.amount,
    currency: run.total.currency,
  })
}

function shareCells(
  share: Share,
  arithmetic: ReturnType<typeof arithmeticOf> | undefined,
  options: { href: string; hasRemainder: boolean; currency: string },
) {
  const money = (amount: string) => ({ amount, currency: options.currency })
  const { cut, remainder } = arithmetic ?? { cut: null, remainder: null }
  return [
    <Link key="agent" data-peek scroll={false} href={options.href} className="row-link font-[550]">
      {share.agent.name}
    </Link>,
    <span key="weight" title={exactDecimalText(share.weight)}>
      {weightText(share.weight)}
    </span>,
    arithmetic?.share == null ? null : percentText(arithmetic.share, 2),
    cut === null ? null : <Amount key="exact" money={money(cut)} />,
    ...(options.hasRemainder ? [remainder === null ? null : signedAmountText(money(remainder))] : []),
    <Amount key="amount" money={share.amount} className="font-[550]" />,
  ]
}

/** A count stays a count; a fraction shows two decimals. */
function weightText(weight: string): string {
  return /\.\d*[1-9]/.test(weight) ? decimalText(weight, 2) : exactDecimalText(weight)
}

function sumRows(pool: PoolDetail, run: RunDetail, hasRemainder: boolean) {
  const money = (amount: string) => ({ amount, currency: run.total.currency })
  const gap = hasRemainder ? [null, null, null, null] : [null, null, null]
  const word = absorptionWord(run.underAbsorbed.amount)
  const row = (id: string, name: string, amount: string, isSigned = false) => ({
    id,
    tone: 'remainder' as const,
    cells: [name, ...gap, isSigned ? signedAmountText(money(amount)) : <Amount key={id} money={money(amount)} />],
  })
  const total = (id: string, name: string, amount: string, weight?: string) => ({
    id,
    tone: 'total' as const,
    cells: [name, weight ?? null, ...gap.slice(1), <Amount key={id} money={money(amount)} />],
  })
  const weights = sumOf(run.shares.map(({ weight }) => weight))
  const hasFeeds = !isZero(run.received.amount) || !isZero(run.passedOn.amount)
  return [
    total('shares-sum', 'Σ shares', run.allocated.amount, weightText(weights)),
    ...(isZero(run.unallocated.amount)
      ? []
      : [row('unallocated', `Unallocated, ${unallocatedReason(pool, run)}`, run.unallocated.amount)]),
    ...(word === null
      ? []
      : [row('under', word === 'over-absorbed' ? 'Over-absorbed' : 'Under-absorbed', run.underAbsorbed.amount, true)]),
    ...(isZero(run.passedOn.amount) ? [] : [row('passed', 'Passed on to other pools', run.passedOn.amount)]),
    ...(isZero(run.received.amount)
      ? []
      : [row('received', 'Received from other pools', `-${run.received.amount}`.replace(/^--/, ''), true)]),
    total('pool-sum', hasFeeds ? 'The pool’s own amount' : 'The pool', run.poolAmount.amount),
  ]
}

function unallocatedReason({ policy }: PoolDetail, run: RunDetail): string {
  if (run.idle != null && !isZero(run.idle.amount) && policy?.idle !== 'SHARED') return 'idle capacity that nobody used'
  return run.fallback === 'HOLD' ? `every weight was zero: ${FALLBACK_NAMES.HOLD}` : 'held back'
}

/** The same money by agent, by task and by client: each view of a pool sums to the pool (law L19). */
function Proof({ run }: { run: RunDetail }) {
  const { check } = run
  const views = [
    ['by agent', check.byAgent],
    ['by task', check.byTask],
    ['by client', check.byClient],
  ] as const
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 border-t border-line px-3.5 py-3 text-caption text-ink-2 sm:px-5">
      <span>Σ check, with what is not allocated:</span>
      {views.map(([name, money]) => (
        <span key={name}>
          {name} <Amount as="text" money={money} className="text-ink" />
        </span>
      ))}
      <span>
        to split <Amount as="text" money={check.pool} className="text-ink" />
      </span>
    </p>
  )
}
