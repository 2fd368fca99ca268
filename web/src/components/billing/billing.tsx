import type { ReactNode } from 'react'
import { graphql } from '../../generated/gql.ts'
import { ahead, query } from '../../lib/api.ts'
import { percentText } from '../../lib/format.ts'
import { addMonths, monthOf, monthText } from '../../lib/months.ts'
import { percentOfRatio } from '../../lib/pool-form.ts'
import { readTarget } from '../../lib/price-target.ts'
import { first, hrefWith, type SearchParams } from '../../lib/search-params.ts'
import { mayKeepRates, mayReadBilling, type Tenant, type Viewer } from '../../lib/session.ts'
import { MonthBar } from '../period/month-bar.tsx'
import { PeriodBadge } from '../period/period-badge.tsx'
import { Amount } from '../ui/amount.tsx'
import { Tile, TileStrip } from '../ui/tiles.tsx'
import { ChargeCard } from './charge-card.tsx'
import { PriceCard } from './price-card.tsx'
import { TermsCard } from './terms-card.tsx'

const BillingDocument = graphql(`
  query Billing(
    $month: Date!
    $range: DateRangeInput!
    $clientKey: String
    $projectKey: String
    $margin: Decimal!
    $lines: Int!
  ) {
    ...ClosedMonths
    engagements(clientKey: $clientKey, projectKey: $projectKey, withSuperseded: true) {
      ...EngagementFacts
    }
    charges(month: $month, clientKey: $clientKey, projectKey: $projectKey) {
      total {
        amount
        currency
      }
      cost {
        total {
          amount
          currency
        }
      }
      margin {
        amount
        currency
      }
      marginRatio
      charges {
        ...ChargeFacts
      }
    }
    priceProposal(clientKey: $clientKey, projectKey: $projectKey, range: $range, margin: $margin) {
      margin
      tasksCompleted
      markup
      cost {
        total {
          amount
          currency
        }
      }
      price {
        amount
        currency
      }
      pricePerTask {
        amount
        currency
      }
    }
  }
`)

interface BillingProps {
  of: { scope: 'CLIENT' | 'PROJECT'; key: string; name: string }
  /** The page it is part of. */
  path: string
  params: SearchParams
  viewer: Viewer
}

/** What `Billing` will ask. */
export function askBilling(of: Pick<BillingProps['of'], 'scope' | 'key'>, params: SearchParams, viewer: Viewer): void {
  if (mayReadBilling(viewer)) ahead(BillingDocument, askedOf(of, params, viewer.tenant))
}

/** As many lines of a charge are shown unasked; the others as one, which can be opened. */
const LINES_SHOWN = 50
const LINES_MAX = 20_000

/** The whole month, as it is charged: with all of the pools' shares in it. */
function askedOf({ scope, key }: Pick<BillingProps['of'], 'scope' | 'key'>, params: SearchParams, tenant: Tenant) {
  const month = monthOf(params, tenant.today)
  const isOfClient = scope === 'CLIENT'
  return {
    clientKey: isOfClient ? key : null,
    projectKey: isOfClient ? null : key,
    month,
    range: { from: month, to: addMonths(month, 1) },
    margin: readTarget(params).ratio,
    lines: first(params.lines) === 'all' ? LINES_MAX : LINES_SHOWN,
  }
}

/** What was agreed with a client, or for a project; what it charges for a month; and what it would have to. */
export async function Billing({ of, path, params, viewer }: BillingProps) {
  if (!mayReadBilling(viewer)) {
    return (
      <Frame>
        <p className="text-ink-3">
          Finance, administrators and project managers of the whole firm see the terms, what they charge, and the
          margin.
        </p>
      </Frame>
    )
  }
  const { tenant } = viewer
  const month = monthOf(params, tenant.today)
  const next = addMonths(month, 1)
  const { ratio, refusal } = readTarget(params)
  const data = await query(BillingDocument, askedOf(of, params, tenant))
  const { charges, total, cost, margin, marginRatio } = data.charges
  const period = data.periods.find((one) => one.month === month)
  const inForce = data.engagements.filter(
    ({ supersededBy, effectiveFrom, effectiveTo }) =>
      supersededBy == null && effectiveFrom < next && (effectiveTo == null || effectiveTo > month),
  )
  return (
    <Frame>
      <MonthBar
        path={path}
        params={params}
        month={month}
        today={tenant.today}
        badge={period === undefined ? undefined : <PeriodBadge state={period.state} edition={period.edition} />}
      />
      {charges.length === 0 ? null : (
        <TileStrip label={`Charged, ${monthText(month)}`}>
          <Tile
            label={`Charged, ${monthText(month)}`}
            figure={<Amount as="text" money={total} />}
            context="the sum of the charges below"
          />
          <Tile
            label="Cost of what is charged"
            figure={<Amount as="text" money={cost.total} />}
            context="all its parts"
          />
          <Tile
            label="Margin"
            figure={<Amount as="text" money={margin} />}
            context={marginRatio == null ? 'nothing is charged' : `${percentText(marginRatio)} of what is charged`}
          />
        </TileStrip>
      )}
      <div className="flex flex-col gap-4">
        <TermsCard
          engagements={data.engagements}
          inForce={inForce}
          monthName={monthText(month)}
          name={of.name}
          setHref={hrefWith('/terms', { [of.scope === 'CLIENT' ? 'client' : 'project']: of.key })}
          mayManage={mayKeepRates(viewer.role)}
          today={tenant.today}
          timeZone={tenant.timeZone}
        />
        {charges.map((charge) => (
          <ChargeCard
            key={`${charge.engagement?.id} ${charge.from}`}
            charge={charge}
            allHref={hrefWith(path, params, { lines: 'all' })}
          />
        ))}
        {data.priceProposal == null ? null : (
          <PriceCard
            proposal={data.priceProposal}
            target={percentOfRatio(ratio)}
            refusal={refusal}
            monthName={monthText(month)}
            path={path}
            params={params}
          />
        )}
      </div>
    </Frame>
  )
}

function Frame({ children }: { children: ReactNode }) {
  return (
    <section id="billing" aria-labelledby="billing-heading" className="mt-6 scroll-mt-20">
      <h2 id="billing-heading" className="mb-3 text-card font-semibold">
        Terms and charges
      </h2>
      {children}
    </section>
  )
}
