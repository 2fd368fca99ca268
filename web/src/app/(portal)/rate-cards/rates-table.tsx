import { DataTable, type Column } from '../../../components/table/data-table.tsx'
import { FilterSelect } from '../../../components/table/filter-select.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { SwitchKnob } from '../../../components/ui/switch-knob.tsx'
import { ToggleLink } from '../../../components/ui/toggle-link.tsx'
import type { RateRowFragment } from '../../../generated/graphql.ts'
import { countText, exactAmountText, exactDecimalText } from '../../../lib/format.ts'
import { conditionText, meterText, qualifiersText, SOURCE_NAMES, thresholdText } from '../../../lib/rate-text.ts'
import { first, hrefWith, type SearchParams } from '../../../lib/search-params.ts'
import { dayText, timeText } from '../../../lib/time.ts'
import { isInForce, matchesFilter, namesOf, readRateFilter } from './rates.ts'

interface RatesTableProps {
  rates: readonly RateRowFragment[]
  params: SearchParams
  nowMs: number
  timeZone: string
}

const PATH = '/rate-cards'

/** What one table holds; a page with every price of every provider would be no help. */
const MOST_ROWS = 300

const SOURCES = [
  { id: 'own', label: 'Own' },
  { id: 'catalogue', label: 'Catalogue' },
  { id: 'all', label: 'All' },
] as const

function columnsOf(nowMs: number, timeZone: string): Column<RateRowFragment>[] {
  const moment = (instant: string | null | undefined, otherwise: string) =>
    instant == null ? (
      <span className="whitespace-nowrap text-ink-3">{otherwise}</span>
    ) : (
      <Boundary instant={instant} timeZone={timeZone} />
    )
  return [
    {
      id: 'resource',
      label: 'Resource',
      cell: ({ provider, resource }) => (
        <>
          <span className="block break-words">{resource}</span>
          <span className="block text-caption text-ink-3">{provider}</span>
        </>
      ),
      sort: ({ provider, resource }) => ({ text: `${provider} ${resource}` }),
      csv: ({ provider, resource }) => `${provider} / ${resource}`,
    },
    {
      id: 'meter',
      label: 'Meter',
      cell: ({ meter }) => meterText(meter),
      sort: ({ meter }) => ({ text: meter }),
      csv: ({ meter }) => meter,
    },
    {
      id: 'price',
      label: 'Price',
      isNumber: true,
      isMain: true,
      cell: ({ price }) => <span className="font-[550]">{exactAmountText(price)}</span>,
      sort: ({ price }) => ({ decimal: price.amount }),
      csv: ({ price }) => ({ number: price.amount }),
    },
    {
      id: 'currency',
      label: 'Currency',
      cell: ({ price }) => price.currency,
      sort: ({ price }) => ({ text: price.currency }),
      csv: ({ price }) => price.currency,
    },
    {
      id: 'per',
      label: 'Per',
      isNumber: true,
      cell: ({ per }) => exactDecimalText(per),
      sort: ({ per }) => ({ decimal: per }),
      csv: ({ per }) => ({ number: per }),
    },
    {
      id: 'from',
      label: 'From',
      cell: ({ effectiveFrom }) => moment(effectiveFrom, 'since ever'),
      sort: ({ effectiveFrom }) => (effectiveFrom == null ? null : { text: effectiveFrom }),
      csv: ({ effectiveFrom }) => effectiveFrom ?? null,
    },
    {
      id: 'to',
      label: 'To',
      cell: ({ effectiveTo }) => moment(effectiveTo, 'until changed'),
      sort: ({ effectiveTo }) => (effectiveTo == null ? null : { text: effectiveTo }),
      csv: ({ effectiveTo }) => effectiveTo ?? null,
    },
    {
      id: 'condition',
      label: 'Condition',
      cell: (rate) => {
        const lines = [thresholdText(rate), qualifiersText(rate)].filter((line) => line !== null)
        return lines.length === 0
          ? null
          : lines.map((line) => (
              <span key={line} className="block">
                {line}
              </span>
            ))
      },
      sort: (rate) => {
        const text = conditionText(rate)
        return text === null ? null : { text }
      },
      csv: (rate) => conditionText(rate),
    },
    {
      id: 'source',
      label: 'Source',
      cell: (rate) => (
        <span className="inline-flex flex-wrap items-center gap-1.5">
          {SOURCE_NAMES[rate.source]}
          {rate.state === 'WITHDRAWN' ? (
            <Badge title="It began after its card was retired; it prices nothing">withdrawn</Badge>
          ) : isInForce(rate, nowMs) ? (
            <Badge tone="ok">in force</Badge>
          ) : null}
        </span>
      ),
      sort: ({ source }) => ({ text: source }),
      csv: ({ source }) => source,
    },
    {
      id: 'card',
      label: 'Card',
      cell: ({ card }) => card,
      sort: ({ card }) => ({ text: card }),
      csv: ({ card }) => card,
    },
  ]
}

function textOf(rate: RateRowFragment): string {
  return `${rate.provider} ${rate.resource} ${rate.meter} ${rate.card} ${qualifiersText(rate) ?? ''}`
}

/** The day, and below it the time where it is not midnight. */
function Boundary({ instant, timeZone }: { instant: string; timeZone: string }) {
  const time = timeText(instant, timeZone)
  return (
    <>
      <span className="block whitespace-nowrap">{dayText(instant, timeZone)}</span>
      {time === '00:00' ? null : <span className="num block text-caption text-ink-3">{time}</span>}
    </>
  )
}

/** Every price of every version, own or public, to look one up. */
export function RatesTable({ rates, params, nowMs, timeZone }: RatesTableProps) {
  const filter = readRateFilter(
    params,
    rates.some((rate) => rate.source !== 'CATALOGUE'),
  )
  const text = (first(params.q) ?? '').toLowerCase()
  // The filter of the table looks at what it is given; here it must look at everything.
  const matching = rates.filter(
    (rate) => matchesFilter(rate, filter, nowMs) && textOf(rate).toLowerCase().includes(text),
  )
  const shown = matching.slice(0, MOST_ROWS)
  const ofSource = rates.filter((rate) =>
    matchesFilter(rate, { ...filter, provider: null, resource: null, meter: null }, nowMs),
  )
  const ofProvider = ofSource.filter((rate) => filter.provider === null || rate.provider === filter.provider)
  return (
    <section aria-labelledby="rates-title" id="rates" className="scroll-mt-20">
      <h2 id="rates-title" className="mb-2 text-card font-semibold">
        {countText(matching.length)} {matching.length === 1 ? 'price' : 'prices'}
        {filter.isNowOnly ? ' in force' : ''}
      </h2>
      <DataTable
        label="Prices"
        noun="prices"
        path={PATH}
        params={params}
        rows={shown}
        totalCount={matching.length}
        columns={columnsOf(nowMs, timeZone)}
        rowKey={(rate) => rate.id}
        filterText={textOf}
        defaultSort={{ column: 'resource', direction: 'asc' }}
        csvName="rates"
        exportOf={{ kind: 'rates', words: 'All own rates', range: null, filters: [] }}
        empty="No price matches. Choose another source, provider or meter."
        toolbar={
          <>
            <nav aria-label="Source of prices" className="segment">
              {SOURCES.map((source) => (
                <Link
                  key={source.id}
                  href={hrefWith(PATH, params, { source: source.id, provider: null, resource: null, meter: null })}
                  aria-current={filter.source === source.id ? 'true' : undefined}
                  scroll={false}
                >
                  {source.label}
                </Link>
              ))}
            </nav>
            <FilterSelect
              path={PATH}
              name="provider"
              label="Provider"
              all="All providers"
              options={namesOf(ofSource, 'provider')}
              chosen={filter.provider}
              clears={['resource', 'meter']}
            />
            {filter.provider === null ? null : (
              <FilterSelect
                path={PATH}
                name="resource"
                label="Resource"
                all="All resources"
                options={namesOf(ofProvider, 'resource')}
                chosen={filter.resource}
              />
            )}
            <FilterSelect
              path={PATH}
              name="meter"
              label="Meter"
              all="All meters"
              options={namesOf(ofProvider, 'meter')}
              chosen={filter.meter}
            />
            <ToggleLink
              href={hrefWith(PATH, params, { now: filter.isNowOnly ? null : 'on' })}
              role="switch"
              isOn={filter.isNowOnly}
              className="control"
            >
              <SwitchKnob isOn={filter.isNowOnly} />
              In force now
            </ToggleLink>
          </>
        }
      />
      {matching.length > shown.length ? (
        <p className="mt-2 text-caption text-ink-3">
          The first {countText(shown.length)} of {countText(matching.length)}; choose a provider, resource or meter to
          see the others.
        </p>
      ) : null}
    </section>
  )
}
