import type { Money } from '@outlay/domain/money/currency'
import { Check, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CostArithmeticQuery, RevenuePartsFragment } from '../../generated/graphql.ts'
import { BASIS_NAMES, METHOD_NAMES } from '../../lib/allocation.ts'
import { queryIfTheirs } from '../../lib/api.ts'
import type { Basis } from '../../lib/basis.ts'
import { dateText } from '../../lib/calendar.ts'
import {
  countText,
  currencySymbol,
  differenceOf,
  exactDecimalText,
  exactText,
  isZero,
  moneyText,
  percentText,
  quotientOf,
  sumOf,
  timesOf,
} from '../../lib/format.ts'
import { monthParam, monthText } from '../../lib/months.ts'
import type { DateRange } from '../../lib/period.ts'
import { conditionText, effectiveText, meterText } from '../../lib/rate-text.ts'
import { hrefWith, type SearchParams } from '../../lib/search-params.ts'
import { filterOf, partsOf, sumLinks, tagsOfSum, type SumOf, type SumQuestion } from '../../lib/sum.ts'
import { sumQuery } from '../../lib/sum-query.ts'
import { ApiQuery, PeekLine, PeekPanel, PeekSection, PeekSum } from '../peek/peek-panel.tsx'
import { Badge } from '../ui/badge.tsx'
import { RevenueNote } from '../billing/revenue-note.tsx'
import { Link } from '../ui/link.tsx'
import { NotForRole } from '../ui/not-for-role.tsx'
import { CostArithmeticDocument } from './sum-facts.ts'

type Arithmetic = CostArithmeticQuery['costArithmetic']
type Line = Arithmetic['lines'][number]

/** What the page knows of an amount beyond its cost. */
export interface SumFacts {
  /** Whose amount it is, in words. */
  name: string
  /** The amount as the page shows it; what the panel comes to is checked against it. */
  figure?: Money | null | undefined
  /** Of a margin. */
  revenue?: Money | null | undefined
  /** What that revenue is made of; of a task it is what the task was billed at. */
  revenueParts?: RevenuePartsFragment | null | undefined
  /** What a unit cost is divided by. */
  tasks?: number | undefined
}

interface SumPanelProps {
  question: SumQuestion
  facts: SumFacts
  /** null: all time, of one task. */
  range: DateRange | null
  /** The range in words. */
  when: string
  basis: Basis
  path: string
  params: SearchParams
  timeZone: string
}

const NOUNS: Readonly<Record<SumOf, string>> = {
  cost: 'Cost',
  loaded: 'Fully loaded cost',
  attributed: 'Attributed cost',
  direct: 'Direct cost',
  shared: 'Chain-shared cost',
  allocated: 'Allocated cost',
  onBasis: 'Cost',
  margin: 'Margin',
  unit: 'Cost per task',
}

/** How an amount is made, from the top down: every section ends in a sum, and the last line is the amount, computed and compared. */
export async function SumPanel(props: SumPanelProps) {
  const { question, facts, range, when, basis, path, params } = props
  const parts = partsOf(question.what, basis)
  const answer = await queryIfTheirs(CostArithmeticDocument, { range, filter: filterOf(question), parts })
  if (answer === null) return <NotForRole>How amounts are made is shown to who sees the whole firm.</NotForRole>
  const { costArithmetic: found } = answer
  const { currency } = found.amount
  const money = (amount: string): Money => ({ amount, currency })
  const withPools = question.what === 'loaded' && found.unallocated != null
  const held = withPools ? (found.unallocated?.amount ?? '0') : '0'
  const withoutPools = question.what === 'loaded' && isZero(held) && found.shares.length === 0
  const cost = sumOf([...linesOf(found), ...found.shares.map(({ amount }) => amount.amount), held])
  const result = resultOf(question.what, cost, facts)
  const known = facts.figure ?? null
  return (
    <PeekPanel
      openKey={`sum ${question.what} ${question.of.map(({ key }) => key).join(' ')}`}
      title={`${withoutPools ? 'Cost' : NOUNS[question.what]} of ${facts.name}`}
      caption={`Show the arithmetic · ${when}`}
      closeHref={hrefWith(path, params, { sum: null })}
      figure={result === null ? 'n/a' : <span title={exactText(money(result))}>{moneyText(money(result))}</span>}
      formula={result === null ? reasonOf(question.what) : exactText(money(result))}
    >
      <OnTop {...props} cost={money(cost)} result={result} />
      <Lines found={found} shared={false} timeZone={props.timeZone} />
      <Lines found={found} shared timeZone={props.timeZone} />
      <Others found={found} />
      <Shares found={found} />
      {isZero(held) ? null : (
        <PeekSection title="Pools that nobody bears" unit={currencySymbol(currency)}>
          <ul>
            <PeekLine
              name={
                <Link href="/allocation" className="row-link">
                  Not allocated
                </Link>
              }
              note="held back, under-absorbed or not split yet"
              value={<Exact amount={held} />}
            />
          </ul>
        </PeekSection>
      )}
      <PeekSection title="Everything above" unit={currencySymbol(currency)}>
        <PeekSum name="Cost" value={<Exact amount={cost} />} />
        <p className="mt-2">
          <Checked
            cost={cost}
            api={sumOf([found.amount.amount, held])}
            result={result}
            figure={known?.currency === currency ? known.amount : null}
            currency={currency}
          />
        </p>
      </PeekSection>
      <Unknown found={found} />
      <ApiQuery text={sumQuery({ range, question, parts })} isForExplorer />
    </PeekPanel>
  )
}

/** What the lines, those not shown one by one, the days before and the corrections come to, each. */
function linesOf(found: Arithmetic): string[] {
  return [
    ...found.lines.map(({ amount }) => amount.amount),
    ...found.earlier.map(({ amount }) => amount.amount),
    ...found.posted.map(({ amount }) => amount.amount),
    found.otherLines?.amount.amount ?? '0',
  ]
}

/** The amount that was asked about, from its cost; null where there is none. */
function resultOf(what: SumOf, cost: string, { revenue, tasks }: SumFacts): string | null {
  if (what === 'margin') return revenue == null ? null : differenceOf(revenue.amount, cost)
  if (what === 'unit') return tasks === undefined || tasks === 0 ? null : quotientOf(cost, tasks)
  return cost
}

function reasonOf(what: SumOf): string {
  return what === 'unit'
    ? 'No task was completed, so there is no cost per task'
    : 'Nothing was charged or billed, so there is no margin'
}

/** A margin and a unit cost begin with what their cost is set against. */
function OnTop({
  question,
  facts,
  range,
  basis,
  cost,
  result,
  path,
  params,
}: SumPanelProps & { cost: Money; result: string | null }) {
  const { what, of } = question
  if (what !== 'margin' && what !== 'unit') return null
  const ofCost = (
    <Link href={sumLinks(path, params)('onBasis', tagsOfSum(question))} scroll={false} data-peek className="row-link">
      Cost, {basis.label.toLowerCase()}
    </Link>
  )
  const unit = currencySymbol(cost.currency)
  if (what === 'margin') {
    if (facts.revenue == null || result === null) return null
    const task = of.find(({ dimension }) => dimension === 'task')
    const client = of.find(({ dimension }) => dimension === 'client')
    const isBilled = facts.revenueParts?.charges == null
    const revenueOf =
      task === undefined && client !== undefined && isBilled ? hrefWith('/tasks', { client: client.key }) : null
    return (
      <PeekSection title="Revenue − cost" unit={unit}>
        <ul>
          <PeekLine
            name={
              revenueOf === null ? (
                'Revenue'
              ) : (
                <Link href={revenueOf} className="row-link">
                  Revenue
                </Link>
              )
            }
            note={
              task !== undefined || range === null ? (
                'billed for the task'
              ) : (
                <RevenueNote parts={facts.revenueParts} range={range} />
              )
            }
            value={<Exact amount={facts.revenue.amount} />}
          />
          <PeekLine name={<>− {ofCost}</>} note="made of what stands below" value={<Exact amount={cost.amount} />} />
        </ul>
        <PeekSum name="Margin" value={<Exact amount={result} />} />
      </PeekSection>
    )
  }
  if (result === null || facts.tasks === undefined) return null
  const rounding = differenceOf(timesOf(result, facts.tasks), cost.amount)
  return (
    <PeekSection title="Cost ÷ tasks completed" unit={unit}>
      <ul>
        <PeekLine name={ofCost} note="made of what stands below" value={<Exact amount={cost.amount} />} />
        <PeekLine name="÷ tasks completed" note="in the period" value={countText(facts.tasks)} />
        {isZero(rounding) ? null : (
          <PeekLine
            name="Rounding"
            note={`at the 18th decimal: × ${countText(facts.tasks)} it makes this much more or less`}
            value={<Exact amount={rounding} />}
          />
        )}
      </ul>
      <PeekSum name="Cost per task" value={<Exact amount={result} />} />
    </PeekSection>
  )
}

/** Rated lines as products, reported costs as stated, and what rounding each conversion made; direct ones or shared uses. */
function Lines({ found, shared, timeZone }: { found: Arithmetic; shared: boolean; timeZone: string }) {
  const lines = found.lines.filter(({ isShared }) => isShared === shared)
  if (lines.length === 0) return null
  const { currency } = found.amount
  const rounding = sumOf(lines.map((line) => line.rounding.amount))
  return (
    <PeekSection
      title={shared ? 'Shared uses inside chains, each counted once' : 'Quantity × price @ rate version'}
      unit={currencySymbol(currency)}
    >
      <ul>
        {lines.map((line, index) => (
          <PeekLine
            key={`${line.provider} ${line.resource} ${line.meter} ${index}`}
            name={lineName(line)}
            note={<LineNote line={line} currency={currency} timeZone={timeZone} />}
            value={<Exact amount={differenceOf(line.amount.amount, line.rounding.amount)} />}
          />
        ))}
        {isZero(rounding) ? null : (
          <PeekLine name="Rounding" note="each call is converted by itself" value={<Exact amount={rounding} />} />
        )}
      </ul>
      <PeekSum
        name={shared ? 'Shared' : found.otherLines === null ? 'Direct' : `The ${lines.length} largest`}
        value={<Exact amount={sumOf(lines.map(({ amount }) => amount.amount))} />}
      />
    </PeekSection>
  )
}

function lineName({ source, resource, meter }: Line): string {
  const name = resource ?? 'no resource named'
  return source === 'REPORTED' ? `${name}, as reported` : `${name}, ${meterText(meter ?? '')}`
}

/** `48,200 × 0.000015 @ acme 7, from 1 Oct 2026 · 312 calls`; in another currency also the conversion. */
function LineNote({ line, currency, timeZone }: { line: Line; currency: string; timeZone: string }) {
  const { quantity, unitPrice, rate, amountNative, fxRate } = line
  const isForeign = amountNative.currency !== currency
  const calls = callsText(line.invocations)
  const condition = rate == null ? null : conditionText(rate)
  return (
    <span className="num whitespace-normal">
      {quantity == null || unitPrice == null ? (
        <>stated by the sender, no rate matched</>
      ) : (
        <>
          {exactDecimalText(quantity)} × {isForeign ? `${amountNative.currency} ` : ''}
          {exactDecimalText(unitPrice)}
        </>
      )}
      {isForeign ? (
        <>
          {' '}
          = {amountNative.currency} {exactDecimalText(amountNative.amount)}
          {fxRate == null ? '' : `, × ${exactDecimalText(fxRate)}`}
        </>
      ) : null}
      {rate == null ? null : (
        <>
          {' '}
          @ {rate.card}, {effectiveText(rate, timeZone)}
          {condition === null ? '' : `, ${condition}`}
        </>
      )}{' '}
      · {calls}
    </span>
  )
}

const CAUSES: Readonly<Record<string, string>> = {
  LATE_EVENT: 'Late events',
  RERATING: 'Re-rating',
  CORRECTION: 'Corrections',
  TASK_MOVED: 'Tasks that changed their client',
}

/** What is not told line by line: small lines, days too many to read, and what closed months passed on. */
function Others({ found }: { found: Arithmetic }) {
  const { otherLines, earlier, posted, linesFrom, amount } = found
  const rows: { id: string; name: ReactNode; note: string; amount: string }[] = [
    ...(otherLines == null
      ? []
      : [
          {
            id: 'other',
            name: `${countText(otherLines.count)} smaller lines`,
            note: 'all of them by API, with a larger `top`',
            amount: otherLines.amount.amount,
          },
        ]),
    ...earlier.map((one, index) => ({
      id: `earlier ${index}`,
      name: one.isRest ? 'All others, days before' : `${one.resource ?? 'no resource named'}, days before`,
      note: `${callsText(one.invocations)} until ${linesFrom == null ? '' : dateText(linesFrom)}, from daily totals`,
      amount: one.amount.amount,
    })),
    ...posted.map((one) => ({
      id: `${one.cause} ${one.direction}`,
      name: CAUSES[one.cause] ?? one.cause,
      note: one.direction === 'IN' ? 'of a closed month, posted here' : 'of this closed month, posted later',
      amount: one.amount.amount,
    })),
  ]
  if (rows.length === 0) return null
  return (
    <PeekSection title="Not line by line" unit={currencySymbol(amount.currency)}>
      <ul>
        {rows.map((row) => (
          <PeekLine key={row.id} name={row.name} note={row.note} value={<Exact amount={row.amount} />} />
        ))}
      </ul>
      <PeekSum name="Together" value={<Exact amount={sumOf(rows.map((row) => row.amount))} />} />
    </PeekSection>
  )
}

type ShareOfPool = Arithmetic['shares'][number]

/** By pool and month: the method, what the weight is of all weights, and how much of the month is looked at. */
function Shares({ found }: { found: Arithmetic }) {
  const { shares, amount } = found
  if (shares.length === 0) return null
  return (
    <PeekSection title="Shares of pools" unit={currencySymbol(amount.currency)}>
      <ul>
        {shares.map((share) => (
          <PeekLine
            key={`${share.pool.id} ${share.month}`}
            name={
              <Link
                href={hrefWith(`/allocation/pools/${encodeURIComponent(share.pool.id)}`, {
                  month: monthParam(share.month),
                })}
                className="row-link"
              >
                {share.pool.name}
              </Link>
            }
            note={<span className="num whitespace-normal">{shareNote(share)}</span>}
            value={<Exact amount={share.amount.amount} />}
          />
        ))}
      </ul>
      <PeekSum name="Allocated" value={<Exact amount={sumOf(shares.map((share) => share.amount.amount))} />} />
    </PeekSection>
  )
}

/** `Usage v2, 12 of 96 invocations of 31.00 = 3.88, × 48.39 % of October 2026`. */
function shareNote({
  method,
  basis,
  policyVersion,
  weight,
  weights,
  allocated,
  monthAmount,
  fraction,
  month,
}: ShareOfPool): string {
  const rule = `${METHOD_NAMES[method]} v${policyVersion}`
  const whole = exactDecimalText(monthAmount.amount)
  const isProportion = weight != null && method !== 'OVERHEAD_RATE' && !isZero(weights)
  const what = basis == null ? 'of the weight' : BASIS_NAMES[basis]
  const how = isProportion
    ? `${exactDecimalText(weight)} of ${exactDecimalText(weights)} ${what}, of ${exactDecimalText(allocated.amount)}: ${whole}`
    : `${whole} of ${exactDecimalText(allocated.amount)}`
  const part =
    fraction === '1' ? `, all of ${monthText(month)}` : `, × ${percentText(fraction, 4)} of ${monthText(month)}`
  return `${rule}, ${how}${part}`
}

interface CheckedProps {
  cost: string
  /** What the roll-ups say. */
  api: string
  result: string | null
  /** What the page shows. */
  figure: string | null
  currency: string
}

/** Computed here from the lines, and compared with the roll-up and with the amount that was clicked. */
function Checked({ cost, api, result, figure, currency }: CheckedProps) {
  const offRollup = differenceOf(api, cost)
  const offPage = figure === null || result === null ? '0' : differenceOf(figure, result)
  if (isZero(offRollup) && isZero(offPage))
    return (
      <Badge tone="ok" Icon={Check}>
        {figure === null ? 'equals the roll-up' : 'equals the amount, to the last decimal'}
      </Badge>
    )
  const off = exactText({ amount: isZero(offRollup) ? offPage : offRollup, currency })
  return (
    <Badge tone="warn" Icon={TriangleAlert}>
      {`off by ${off}: usage arrived meanwhile`}
    </Badge>
  )
}

const UNKNOWN = {
  NO_PRICE: 'no price',
  NO_FX_RATE: 'no exchange rate',
  WITH_UNKNOWN: 'priced, but its call has usage without a price',
} as const

/** What is in no amount, as quantities: nobody knows what it cost, which is not 0. */
function Unknown({ found }: { found: Arithmetic }) {
  if (found.unknown.length === 0) return null
  const rest = found.unknownCount - found.unknown.length
  return (
    <PeekSection title="In no amount: its cost is unknown">
      <ul>
        {found.unknown.map((one, index) => (
          <PeekLine
            key={`${one.resource} ${one.meter} ${index}`}
            name={`${one.resource ?? 'no resource named'}, ${one.meter == null ? 'no usage stated' : meterText(one.meter)}`}
            note={`${exactDecimalText(one.quantity)} used, ${callsText(one.invocations)}: ${UNKNOWN[one.reason]}`}
            value="n/a"
          />
        ))}
      </ul>
      {rest === 0 ? null : <p className="text-caption text-ink-3">and {countText(rest)} more</p>}
    </PeekSection>
  )
}

function callsText(invocations: string): string {
  return `${countText(invocations)} ${invocations === '1' ? 'call' : 'calls'}`
}

/** Every decimal of it. */
function Exact({ amount }: { amount: string }) {
  return <>{exactDecimalText(amount)}</>
}
