import type { Metadata } from 'next'
import { DataTable, type Column } from '../../../../components/table/data-table.tsx'
import { MiniTable } from '../../../../components/table/mini-table.tsx'
import { Amount, NotAvailable } from '../../../../components/ui/amount.tsx'
import { Badge } from '../../../../components/ui/badge.tsx'
import { Card } from '../../../../components/ui/card.tsx'
import { EmptyState } from '../../../../components/ui/empty-state.tsx'
import { HiddenByRole } from '../../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../../components/ui/link.tsx'
import { PrintButton } from '../../../../components/ui/print-button.tsx'
import { graphql } from '../../../../generated/gql.ts'
import type { RateReviewQuery } from '../../../../generated/graphql.ts'
import { query } from '../../../../lib/api.ts'
import { isDate, rangeText } from '../../../../lib/calendar.ts'
import { changeText, countText, exactAmountText, exactDecimalText } from '../../../../lib/format.ts'
import { latestQuarters, quarterOf, type Quarter } from '../../../../lib/quarters.ts'
import { conditionText, effectiveText, meterText, quotedPrice, quotedUnits } from '../../../../lib/rate-text.ts'
import { staffViewer } from '../../../../lib/role-gate.ts'
import { first, hrefWith, type SearchParams } from '../../../../lib/search-params.ts'
import { mayKeepRates, type Tenant } from '../../../../lib/session.ts'
import { RatingFrame } from '../rating-frame.tsx'
import { Proposals } from './proposals.tsx'

export const metadata: Metadata = { title: 'Rate review' }

const PATH = '/rate-cards/review'

/** How many quarters back one can look. */
const QUARTERS = 6

const RateReviewDocument = graphql(`
  query RateReview($quarter: Date!) {
    rateReview(quarter: $quarter) {
      from
      to
      rows {
        provider
        resource
        meter
        invocations
        quantity
        currency
        paid {
          amount
          currency
        }
        effectiveUnitPrice
        cardUnitPrice
        catalogueUnitPrice
        driftFromCard
        driftFromCatalogue
        isDrifting
      }
      unusedRates {
        ...RateRow
      }
      proposals {
        provider
        resource
        meter
        reason
        currentUnitPrice {
          amount
          currency
        }
        proposedUnitPrice {
          amount
          currency
        }
        impact {
          amount
          currency
        }
      }
    }
  }
`)

type Review = RateReviewQuery['rateReview']
type Row = Review['rows'][number]

export default async function ReviewPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const params = await searchParams
  const asked = first(params.quarter)
  const quarter = quarterOf(asked !== null && isDate(asked) && asked <= tenant.today ? asked : tenant.today)
  const { rateReview } = await query(RateReviewDocument, { quarter: quarter.from })
  return (
    <RatingFrame title={`Rate review, ${quarter.label}`} path={PATH} tenant={tenant} actions={<PrintButton />}>
      <QuarterPicker quarter={quarter} params={params} tenant={tenant} />
      {rateReview.rows.length === 0 && rateReview.unusedRates.length === 0 ? (
        <div className="card px-3.5 py-4 sm:px-5">
          <EmptyState>
            Nothing was rated in {quarter.label}. What you paid per unit will stand here against your cards and the
            catalogue.
          </EmptyState>
        </div>
      ) : (
        <div className="flex flex-col gap-4">
          <Proposals
            proposals={rateReview.proposals}
            mayKeep={mayKeepRates(viewer.role)}
            today={tenant.today}
            timeZone={tenant.timeZone}
            quarter={quarter.label}
          />
          <Paid review={rateReview} params={params} quarter={quarter} />
          <Unused review={rateReview} tenant={tenant} />
        </div>
      )}
    </RatingFrame>
  )
}

function QuarterPicker({ quarter, params, tenant }: { quarter: Quarter; params: SearchParams; tenant: Tenant }) {
  const current = quarterOf(tenant.today)
  return (
    <div className="no-print mb-4 flex flex-wrap items-center gap-3">
      <nav aria-label="Quarter" className="segment">
        {latestQuarters(tenant.today, QUARTERS)
          .reverse()
          .map((one) => (
            <Link
              key={one.from}
              href={hrefWith(PATH, params, { quarter: one.from === current.from ? null : one.from })}
              aria-current={one.from === quarter.from ? 'true' : undefined}
              scroll={false}
            >
              {one.label}
            </Link>
          ))}
      </nav>
      <span className="text-caption text-ink-3">
        {rangeText(quarter.from, quarter.to)}
        {quarter.from === current.from ? ', not over yet' : ''}
      </span>
    </div>
  )
}

function Drift({ ratio, reason }: { ratio: string | null | undefined; reason: string }) {
  if (ratio == null) return <NotAvailable reason={reason} />
  return changeText(ratio)
}

function columns(): Column<Row>[] {
  const unit = (price: string | null | undefined, meter: string, reason: string) =>
    price == null ? <NotAvailable reason={reason} /> : exactDecimalText(quotedPrice(price, meter))
  return [
    {
      id: 'resource',
      label: 'Resource',
      cell: ({ provider, resource }) => (
        <>
          <span className="block break-words">{resource ?? 'no resource named'}</span>
          <span className="block text-caption text-ink-3">{provider ?? 'no provider named'}</span>
        </>
      ),
      sort: ({ provider, resource }) => ({ text: `${provider ?? ''} ${resource ?? ''}` }),
      csv: ({ provider, resource }) => [provider, resource].filter(Boolean).join(' / '),
    },
    {
      id: 'meter',
      label: 'Meter',
      cell: ({ meter }) => (
        <>
          {meterText(meter)}
          <span className="block text-caption text-ink-3">per {quotedUnits(meter).text}</span>
        </>
      ),
      sort: ({ meter }) => ({ text: meter }),
      csv: ({ meter }) => meter,
    },
    {
      id: 'quantity',
      label: 'Quantity',
      isNumber: true,
      cell: ({ quantity }) => exactDecimalText(quantity),
      sort: ({ quantity }) => ({ decimal: quantity }),
      csv: ({ quantity }) => ({ number: quantity }),
    },
    {
      id: 'paid',
      label: 'Paid',
      isNumber: true,
      cell: ({ paid }) => <Amount money={paid} />,
      sort: ({ paid }) => ({ decimal: paid.amount }),
      csv: ({ paid }) => ({ number: paid.amount }),
    },
    {
      id: 'currency',
      label: 'Currency',
      cell: ({ currency }) => currency,
      csv: ({ currency }) => currency,
    },
    {
      id: 'effective',
      label: 'Effective price',
      isNumber: true,
      isMain: true,
      cell: ({ effectiveUnitPrice, meter }) => (
        <span className="font-[550]">{unit(effectiveUnitPrice, meter, 'Nothing was used')}</span>
      ),
      csv: ({ effectiveUnitPrice }) => ({ number: effectiveUnitPrice }),
    },
    {
      id: 'card',
      label: 'Own card',
      isNumber: true,
      cell: ({ cardUnitPrice, meter }) => unit(cardUnitPrice, meter, 'No own card has a price for it'),
      csv: ({ cardUnitPrice }) => (cardUnitPrice == null ? null : { number: cardUnitPrice }),
    },
    {
      id: 'driftCard',
      label: 'Against card, %',
      isNumber: true,
      cell: ({ driftFromCard }) => <Drift ratio={driftFromCard} reason="No own card has a price for it" />,
      sort: ({ driftFromCard }) => (driftFromCard == null ? null : { decimal: driftFromCard }),
      csv: ({ driftFromCard }) => (driftFromCard == null ? null : { number: driftFromCard }),
    },
    {
      id: 'catalogue',
      label: 'Catalogue',
      isNumber: true,
      cell: ({ catalogueUnitPrice, meter }) => unit(catalogueUnitPrice, meter, 'Not in the catalogue'),
      csv: ({ catalogueUnitPrice }) => (catalogueUnitPrice == null ? null : { number: catalogueUnitPrice }),
    },
    {
      id: 'driftCatalogue',
      label: 'Against catalogue, %',
      isNumber: true,
      cell: ({ driftFromCatalogue }) => <Drift ratio={driftFromCatalogue} reason="Not in the catalogue" />,
      sort: ({ driftFromCatalogue }) => (driftFromCatalogue == null ? null : { decimal: driftFromCatalogue }),
      csv: ({ driftFromCatalogue }) => (driftFromCatalogue == null ? null : { number: driftFromCatalogue }),
    },
    {
      id: 'note',
      label: 'Note',
      cell: ({ isDrifting }) =>
        isDrifting ? (
          <Badge tone="warn" title="More than 5 % away from the card or the catalogue">
            drifts
          </Badge>
        ) : null,
      sort: ({ isDrifting }) => ({ text: isDrifting ? 'a' : 'b' }),
      csv: ({ isDrifting }) => (isDrifting ? 'drifts' : null),
    },
  ]
}

function Paid({ review, params, quarter }: { review: Review; params: SearchParams; quarter: Quarter }) {
  const drifting = review.rows.filter((row) => row.isDrifting).length
  return (
    <section aria-labelledby="paid-title">
      <h2 id="paid-title" className="mb-2 text-card font-semibold">
        {drifting === 0
          ? 'No effective price is more than 5\u00a0% away from card or catalogue'
          : `${countText(drifting)} of ${countText(review.rows.length)} effective prices ${drifting === 1 ? 'is' : 'are'} more than 5\u00a0% away from card or catalogue`}
      </h2>
      <DataTable
        label={`Effective prices, ${quarter.label}`}
        noun="prices"
        path={PATH}
        params={params}
        rows={review.rows}
        columns={columns()}
        rowKey={(row) => [row.provider, row.resource, row.meter, row.currency].join('/')}
        filterText={(row) => `${row.provider ?? ''} ${row.resource ?? ''} ${row.meter}`}
        defaultSort={{ column: 'note', direction: 'asc' }}
        csvName={`rate review ${quarter.label}`}
        empty="Nothing was rated in this quarter."
      />
    </section>
  )
}

function Unused({ review, tenant }: { review: Review; tenant: Tenant }) {
  const { unusedRates } = review
  if (unusedRates.length === 0) return null
  return (
    <Card
      flush
      title={`${countText(unusedRates.length)} own ${unusedRates.length === 1 ? 'price was' : 'prices were'} in force and priced nothing`}
      caption="A name that no sender uses, or a resource that nobody needs any more"
    >
      <MiniTable
        label="Unused prices"
        heads={[
          { label: 'Resource' },
          { label: 'Meter' },
          { label: 'Price', isNumber: true, isMain: true },
          { label: 'Currency' },
          { label: 'Per', isNumber: true },
          { label: 'Period' },
          { label: 'Card' },
        ]}
        rows={unusedRates.map((rate) => ({
          id: rate.id,
          cells: [
            `${rate.provider} / ${rate.resource}`,
            [meterText(rate.meter), conditionText(rate)].filter(Boolean).join(', '),
            exactAmountText(rate.price),
            rate.price.currency,
            exactDecimalText(rate.per),
            effectiveText(rate, tenant.timeZone),
            rate.card,
          ],
        }))}
      />
    </Card>
  )
}
