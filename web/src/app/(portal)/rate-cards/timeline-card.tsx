import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { EmptyState } from '../../../components/ui/empty-state.tsx'
import { TabbedCard } from '../../../components/ui/tabs.tsx'
import type { RateRowFragment } from '../../../generated/graphql.ts'
import { countText, exactAmountText, exactDecimalText } from '../../../lib/format.ts'
import { boundaryText, conditionText, effectiveText, meterText, SOURCE_NAMES } from '../../../lib/rate-text.ts'
import { rateTimeline, type Timeline, type TimelineBar, type TimelineRow } from '../../../lib/rate-timeline.ts'
import type { SearchParams } from '../../../lib/search-params.ts'
import { isInForce, matchesFilter, readRateFilter } from './rates.ts'

interface TimelineCardProps {
  rates: readonly RateRowFragment[]
  params: SearchParams
  nowMs: number
  timeZone: string
}

/** More rows than this are left to the filter. */
const MOST_ROWS = 24
const MOST_TABLE_ROWS = 200

/** A price is written into its bar where the bar is at least this much of the axis. */
const LEAST_WIDTH_OF_TEXT = 0.09

const LOOKS = {
  CONTRACT: { bar: 'bg-accent text-on-accent border-accent', name: 'contract' },
  MANUAL: { bar: 'bg-accent-soft text-accent-ink border-accent', name: 'own rate card' },
  CATALOGUE: { bar: 'bg-sunken text-ink-2 border-line-2', name: 'catalogue' },
} as const

function priceText({ price, per }: RateRowFragment): string {
  return `${price.currency} ${exactAmountText(price)} per ${exactDecimalText(per)}`
}

/** What the timeline is about: one's own resources with the catalogue below them, or what the address filters for. */
function shownRates({ rates, params, nowMs }: TimelineCardProps): RateRowFragment[] {
  const hasOwn = rates.some((rate) => rate.source !== 'CATALOGUE')
  const filter = { ...readRateFilter(params, hasOwn), isNowOnly: false }
  const matching = rates.filter((rate) => matchesFilter(rate, filter, nowMs))
  if (filter.source !== 'own') return matching
  // Beside an own price stands the public one that it takes the place of.
  const own = new Set(matching.map((rate) => `${rate.provider}\n${rate.resource}\n${rate.meter}`))
  const beside = rates.filter(
    (rate) => rate.source === 'CATALOGUE' && own.has(`${rate.provider}\n${rate.resource}\n${rate.meter}`),
  )
  return [...matching, ...beside]
}

function headingOf(rates: readonly RateRowFragment[], nowMs: number, timeZone: string): string {
  const own = rates.filter((rate) => rate.source !== 'CATALOGUE' && rate.state === 'ACTIVE')
  const subject = own.length > 0 ? own : rates
  const inForce = subject.filter((rate) => isInForce(rate, nowMs)).length
  const next = subject
    .flatMap((rate) => [rate.effectiveFrom, rate.effectiveTo])
    .filter((instant) => instant != null)
    .filter((instant) => Date.parse(instant) > nowMs)
    .sort()[0]
  const count = `${countText(inForce)} ${own.length > 0 ? 'own ' : ''}${inForce === 1 ? 'price is' : 'prices are'} in force`
  return next === undefined
    ? `${count}, and no change is planned`
    : `${count}; the next change is on ${boundaryText(next, timeZone)}`
}

/** Every version of every price as a bar of its period: what applied when, and what took its place. */
export function TimelineCard(props: TimelineCardProps) {
  const { nowMs, timeZone } = props
  const rates = shownRates(props)
  const timeline = rateTimeline(rates, nowMs)
  const rows = timeline.rows.slice(0, MOST_ROWS)
  const more = timeline.rows.length - rows.length
  const listed = [...rates].sort(
    (a, b) =>
      `${a.provider} ${a.resource} ${a.meter}`.localeCompare(`${b.provider} ${b.resource} ${b.meter}`, 'en') ||
      (b.effectiveFrom ?? '').localeCompare(a.effectiveFrom ?? ''),
  )
  return (
    <TabbedCard
      label="Versions of prices"
      heading={rates.length === 0 ? 'No price matches' : headingOf(rates, nowMs, timeZone)}
      caption="Effective periods by resource and meter; the dashed line is now"
      tabs={[
        {
          id: 'chart',
          label: 'Chart',
          content: (
            <div className="px-3.5 pt-3 pb-4 sm:px-5">
              {rows.length === 0 ? (
                <EmptyState>Prices will appear here with the periods in which they apply.</EmptyState>
              ) : (
                <>
                  <Legend />
                  <Axis timeline={timeline} />
                  <ul className="relative">
                    {rows.map((row) => (
                      <Row key={row.id} row={row} timeline={timeline} timeZone={timeZone} />
                    ))}
                  </ul>
                  {more > 0 ? (
                    <p className="border-t border-line pt-2.5 text-caption text-ink-3">
                      {countText(more)} more {more === 1 ? 'row' : 'rows'}; choose a provider or a meter below to see
                      them.
                    </p>
                  ) : null}
                </>
              )}
            </div>
          ),
        },
        {
          id: 'table',
          label: 'Table',
          content: (
            <MiniTable
              label="Versions of prices"
              maxHeight={480}
              heads={[
                { label: 'Resource' },
                { label: 'Meter' },
                { label: 'Price', isMain: true },
                { label: 'Period' },
                { label: 'Condition' },
                { label: 'Source' },
                { label: 'Card' },
              ]}
              rows={listed.slice(0, MOST_TABLE_ROWS).map((rate) => ({
                id: rate.id,
                cells: [
                  `${rate.provider} / ${rate.resource}`,
                  meterText(rate.meter),
                  <span key="price" className="num">
                    {priceText(rate)}
                  </span>,
                  effectiveText(rate, timeZone),
                  conditionText(rate) ?? '',
                  <>
                    {SOURCE_NAMES[rate.source]}{' '}
                    {rate.state === 'ACTIVE' ? null : <Badge>{rate.state.toLowerCase()}</Badge>}
                  </>,
                  rate.card,
                ],
              }))}
            />
          ),
        },
      ]}
    />
  )
}

function Legend() {
  return (
    <ul className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-caption text-ink-2">
      {Object.values(LOOKS).map((look) => (
        <li key={look.name} className="flex items-center gap-1.5">
          <span aria-hidden className={`inline-block h-2.5 w-4 rounded-bar border ${look.bar}`} />
          {look.name}
        </li>
      ))}
      <li className="flex items-center gap-1.5">
        <span
          aria-hidden
          className="inline-block h-2.5 w-4 rounded-bar border border-dashed border-accent bg-surface"
        />
        draft
      </li>
    </ul>
  )
}

const COLUMNS = 'grid gap-x-4 sm:grid-cols-[minmax(150px,240px)_minmax(0,1fr)]'

function Axis({ timeline }: { timeline: Timeline<RateRowFragment> }) {
  return (
    <div aria-hidden className={COLUMNS}>
      <span className="max-sm:hidden" />
      <span className="num relative block h-5 text-axis text-ink-3">
        {timeline.ticks.map((tick, index) => (
          <span
            key={tick.at}
            className={`absolute ${index === 0 && tick.at < 0.06 ? '' : '-translate-x-1/2'} ${index % 2 === 1 ? 'max-sm:hidden' : ''}`}
            style={{ left: `${tick.at * 100}%` }}
          >
            {tick.text}
          </span>
        ))}
      </span>
    </div>
  )
}

interface RowProps {
  row: TimelineRow<RateRowFragment>
  timeline: Timeline<RateRowFragment>
  timeZone: string
}

function Row({ row, timeline, timeZone }: RowProps) {
  return (
    <li className={`${COLUMNS} border-t border-line py-2`}>
      <span className="min-w-0">
        <span className="block break-words">{row.resource}</span>
        <span className="block text-caption break-words text-ink-3">
          {row.provider} · {meterText(row.meter)}
        </span>
      </span>
      <span className="relative flex min-w-0 flex-col justify-center gap-1 max-sm:mt-1.5">
        {timeline.ticks.map((tick) => (
          <span
            key={tick.at}
            aria-hidden
            className="absolute -inset-y-2 w-px bg-grid"
            style={{ left: `${tick.at * 100}%` }}
          />
        ))}
        {row.lanes.map((lane) => (
          <span key={lane.id} className="block">
            {lane.condition === null ? null : (
              <span className="relative block text-axis text-ink-3">{lane.condition}</span>
            )}
            <span className="relative block h-5">
              {lane.bars.map((bar) => (
                <Bar key={bar.rate.id} bar={bar} timeZone={timeZone} />
              ))}
            </span>
          </span>
        ))}
        <span
          aria-hidden
          className="absolute -inset-y-2 border-l border-dashed border-ink-3"
          style={{ left: `${timeline.nowAt * 100}%` }}
        />
      </span>
    </li>
  )
}

function Bar({ bar, timeZone }: { bar: TimelineBar<RateRowFragment>; timeZone: string }) {
  const { rate } = bar
  const isDraft = rate.state === 'DRAFT'
  const look = isDraft ? 'bg-surface text-accent-ink border-accent border-dashed' : LOOKS[rate.source].bar
  const text = `${priceText(rate)}, ${effectiveText(rate, timeZone)}, ${isDraft ? 'draft of ' : ''}${SOURCE_NAMES[rate.source]} ${rate.card}`
  return (
    <span
      role="img"
      aria-label={text}
      title={text}
      className={`num absolute inset-y-0 overflow-hidden border px-1.5 text-axis leading-[18px] ${look} ${
        bar.isOpenStart ? '' : 'rounded-l-bar'
      } ${bar.isOpenEnd ? 'border-r-0' : 'rounded-r-bar'} ${bar.isOpenStart ? 'border-l-0' : ''}`}
      style={{ left: `${bar.left * 100}%`, width: `max(3px, calc(${bar.width * 100}% - 1px))` }}
    >
      {bar.width < LEAST_WIDTH_OF_TEXT ? '' : exactAmountText(rate.price)}
    </span>
  )
}
