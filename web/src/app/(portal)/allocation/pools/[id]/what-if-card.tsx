import { TriangleAlert } from 'lucide-react'
import { MiniTable } from '../../../../../components/table/mini-table.tsx'
import { Amount } from '../../../../../components/ui/amount.tsx'
import { Badge } from '../../../../../components/ui/badge.tsx'
import { Card } from '../../../../../components/ui/card.tsx'
import { Link } from '../../../../../components/ui/link.tsx'
import type { AllocationMethod, UsageBasis } from '../../../../../generated/graphql.ts'
import { BASIS_NAMES, METHOD_NAMES, methodText, rateText } from '../../../../../lib/allocation.ts'
import {
  compareDecimals,
  currencySymbol,
  differenceOf,
  exactText,
  isZero,
  moneyText,
  pixelsOf,
  signedAmountText,
  sumOf,
} from '../../../../../lib/format.ts'
import { monthName } from '../../../../../lib/months.ts'
import { movedBy, namesText } from '../../../../../lib/share-arithmetic.ts'
import { hrefWith, type SearchParams } from '../../../../../lib/search-params.ts'
import { isDifferent, RATE_TO_START_FROM, whatIfParams, type WhatIf } from '../../../../../lib/what-if.ts'
import type { PoolDetail } from './pool-detail.ts'
import type { Comparison } from './ways-to-split.tsx'
import { WhatIfSliders } from './what-if-sliders.tsx'

interface WhatIfCardProps {
  pool: PoolDetail
  comparison: Comparison
  path: string
  params: SearchParams
  today: WhatIf
  whatIf: WhatIf
  exactRate: string | null
  mayKeep: boolean
}

const METHODS = Object.keys(METHOD_NAMES) as AllocationMethod[]
const BASES = Object.keys(BASIS_NAMES) as UsageBasis[]
const NO_CHANGE = { method: null, basis: null, rate: null, times: null }

/** Another policy on the same inputs. Everything it asks is in the address, and the server answers it. */
export function WhatIfCard(props: WhatIfCardProps) {
  const { pool, comparison, path, params, today, whatIf, exactRate } = props
  const rate = whatIf.rate ?? exactRate ?? RATE_TO_START_FROM
  const to = (changes: Partial<WhatIf>) => hrefWith(path, params, whatIfParams({ ...whatIf, rate, ...changes }, today))
  const asks = isDifferent(whatIf, today)
  const [symbol] = comparison.rows.map(({ current }) => currencySymbol(current.currency))
  return (
    <Card
      id="what-if"
      title={asks ? findingOf(comparison, whatIf) : 'What if it were split another way?'}
      caption={`${monthName(pool.month)}, against today’s shares, ${symbol ?? ''}; nothing is written`}
      actions={
        <nav aria-label="Method to try" className="segment">
          {METHODS.map((method) => (
            <Link
              key={method}
              href={to({ method })}
              scroll={false}
              replace
              aria-current={whatIf.method === method ? 'true' : undefined}
            >
              {METHOD_NAMES[method]}
            </Link>
          ))}
        </nav>
      }
    >
      {whatIf.method === 'USAGE' ? (
        <nav aria-label="Basis to try" className="segment no-print mb-3">
          {BASES.filter((basis) => basis !== 'RESOURCE_USES' || pool.resource != null).map((basis) => (
            <Link
              key={basis}
              href={to({ basis })}
              scroll={false}
              replace
              aria-current={whatIf.basis === basis ? 'true' : undefined}
            >
              By {BASIS_NAMES[basis]}
            </Link>
          ))}
        </nav>
      ) : null}
      <WhatIfSliders
        key={whatIf.method}
        path={path}
        params={params}
        today={plainOf(today)}
        whatIf={plainOf(whatIf)}
        exactRate={exactRate}
        agents={comparison.rows.map(({ agent }) => ({ key: agent.key, name: agent.name }))}
      />
      {asks ? (
        <Outcome {...props} />
      ) : (
        <p className="mt-3 text-ink-2">
          Choose a method, or move a slider: what each agent would bear stands here beside what it bears today.
        </p>
      )}
    </Card>
  )
}

/** A map does not travel to the browser as an address would have it; a list does. */
function plainOf(whatIf: WhatIf) {
  return { ...whatIf, multipliers: [...whatIf.multipliers] }
}

interface WhatIfRow {
  key: string
  name: string
  now: { amount: string; currency: string }
  then: { amount: string; currency: string }
}

function rowsOf(comparison: Comparison): WhatIfRow[] {
  return comparison.rows
    .flatMap(({ agent, current, whatIf }) =>
      whatIf == null ? [] : [{ key: agent.key, name: agent.name, now: current, then: whatIf }],
    )
    .sort((a, b) => compareDecimals(b.then.amount, a.then.amount))
}

/** What the what-if leaves: not absorbed by its rate (below zero: too much), or held. */
function gapOf(comparison: Comparison): string {
  const totals = comparison.methods.find(({ column }) => column === 'whatIf')
  return totals === undefined ? '0' : sumOf([totals.unallocated.amount, totals.underAbsorbed.amount])
}

/** `A 24 % rate charges £124.40 too much`, `Research Agent would pay £114.82 more`. */
function findingOf(comparison: Comparison, whatIf: WhatIf): string {
  const rows = rowsOf(comparison)
  const currency = rows[0]?.then.currency ?? 'GBP'
  const gap = gapOf(comparison)
  if (whatIf.method === 'OVERHEAD_RATE') {
    const rate = rateText(whatIf.rate ?? RATE_TO_START_FROM)
    if (isZero(gap)) return `A ${rate} rate absorbs the pool exactly`
    const money = moneyText({ amount: gap.replace(/^-/, ''), currency })
    return `A ${rate} rate charges ${money} too ${gap.startsWith('-') ? 'much' : 'little'}`
  }
  const moved = movedBy(
    rows.map(({ name, now, then }) => ({ name, difference: differenceOf(then.amount, now.amount) })),
  )
  if (moved === null) return `${methodText(whatIf)}: nobody’s share changes`
  const money = moneyText({ amount: moved.amount, currency })
  return moved.onto.length > 0
    ? `${namesText(moved.onto)} would pay ${money} more`
    : `${namesText(moved.off)} would pay ${money} less`
}

function nextVersion({ policies }: PoolDetail): number {
  return Math.max(0, ...policies.map(({ version }) => version)) + 1
}

function Outcome({ pool, comparison, path, params, today, whatIf, mayKeep }: WhatIfCardProps) {
  const rows = rowsOf(comparison)
  const currency = rows[0]?.then.currency ?? 'GBP'
  const most = Math.max(
    0,
    ...rows.flatMap(({ now, then }) => [pixelsOf(now.amount), pixelsOf(then.amount)].map(Math.abs)),
  )
  const money = (amount: string) => ({ amount, currency })
  const [now, then] = [sumOf(rows.map((row) => row.now.amount)), sumOf(rows.map((row) => row.then.amount))]
  const gap = gapOf(comparison)
  return (
    <>
      <div className="-mx-3.5 sm:-mx-5">
        <MiniTable
          label="What each agent would bear"
          maxHeight={560}
          heads={[
            { label: 'Agent' },
            { label: 'Drawn' },
            { label: 'Today', isNumber: true },
            { label: 'What if', isNumber: true, isMain: true },
            { label: 'Difference', isNumber: true },
          ]}
          rows={[
            ...rows.map((row) => {
              const difference = money(differenceOf(row.then.amount, row.now.amount))
              return {
                id: row.key,
                cells: [
                  row.name,
                  <TwoBars key="bars" now={row.now.amount} then={row.then.amount} most={most} />,
                  <Amount key="now" money={row.now} />,
                  <Amount key="then" money={row.then} />,
                  <span key="difference" title={exactText(difference)} className="font-[550]">
                    {signedAmountText(difference)}
                  </span>,
                ],
              }
            }),
            {
              id: 'total',
              tone: 'total' as const,
              cells: [
                'Σ shares',
                null,
                <Amount key="now" money={money(now)} />,
                <Amount key="then" money={money(then)} />,
                signedAmountText(money(differenceOf(then, now))),
              ],
            },
          ]}
        />
      </div>
      <div className="mt-3 flex flex-wrap items-center gap-2">
        {mayKeep ? (
          <Link
            className="control control-primary no-print"
            href={hrefWith(`${path}/policy`, params, { ...whatIfParams(whatIf, today), agent: null, edit: 'new' })}
          >
            Draft as policy v{nextVersion(pool)}
          </Link>
        ) : null}
        <Link className="control no-print" href={hrefWith(path, params, NO_CHANGE)} scroll={false} replace>
          Reset
        </Link>
        <span className="flex-1" />
        <Gap gap={gap} method={whatIf.method} currency={currency} />
      </div>
      <p className="mt-3 border-t border-line pt-3 text-caption text-ink-3">
        Nothing changes until a version of the policy is approved. The run of {monthName(pool.month)} stays as it is.
      </p>
    </>
  )
}

function Gap({ gap, method, currency }: { gap: string; method: AllocationMethod; currency: string }) {
  if (isZero(gap)) return <Badge tone="ok">equals the pool</Badge>
  const money = moneyText({ amount: gap.replace(/^-/, ''), currency })
  const word =
    method !== 'OVERHEAD_RATE' ? 'held unallocated' : gap.startsWith('-') ? 'over-absorbed' : 'under-absorbed'
  return (
    <Badge tone="warn" Icon={TriangleAlert}>
      {money} {word}, would be posted
    </Badge>
  )
}

/** Today above, the what-if below, on one scale. The numbers stand beside them. */
function TwoBars({ now, then, most }: { now: string; then: string; most: number }) {
  const width = (text: string) => `${most > 0 ? (Math.abs(pixelsOf(text)) / most) * 100 : 0}%`
  return (
    <span aria-hidden className="block w-32 max-w-full">
      <span className="block h-1.5 rounded-bar bg-other" style={{ width: width(now), minWidth: isZero(now) ? 0 : 2 }} />
      <span
        className="mt-0.5 block h-1.5 rounded-bar bg-accent"
        style={{ width: width(then), minWidth: isZero(then) ? 0 : 2 }}
      />
    </span>
  )
}
