import { Plus } from 'lucide-react'
import type { Metadata } from 'next'
import { HiddenByRole } from '../../../components/ui/hidden-by-role.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { NotAvailable } from '../../../components/ui/amount.tsx'
import { Tile, TileStrip } from '../../../components/ui/tiles.tsx'
import { WithPeek } from '../../../components/ui/with-peek.tsx'
import { ReportedCost } from '../../../components/rating/reported-cost.tsx'
import { graphql } from '../../../generated/gql.ts'
import { query } from '../../../lib/api.ts'
import { dateText } from '../../../lib/calendar.ts'
import { countText } from '../../../lib/format.ts'
import { catalogueState, ratingFacts } from '../../../lib/rating-facts.ts'
import { staffViewer } from '../../../lib/role-gate.ts'
import { first, hrefWith, type SearchParams } from '../../../lib/search-params.ts'
import { mayChangeSettings, mayKeepRates } from '../../../lib/session.ts'
import { CardPeek } from './card-peek.tsx'
import { CardTable } from './card-table.tsx'
import { CatalogueCard } from './catalogue-card.tsx'
import { PublishPrice } from './publish-price.tsx'
import { RatesTable } from './rates-table.tsx'
import { isInForce, namesOf } from './rates.ts'
import { RatingFrame } from './rating-frame.tsx'
import { TimelineCard } from './timeline-card.tsx'

export const metadata: Metadata = { title: 'Rate cards' }

const RateCardsDocument = graphql(`
  query RateCards {
    rateCards {
      ...RateCardFacts
    }
    drafts: rateCards(status: DRAFT) {
      ...RateCardFacts
    }
    tenant {
      useReportedCost
    }
  }

  fragment RateCardFacts on RateCard {
    id
    provider
    version
    source
    status
    note
    createdBy
    createdAt
    publishedAt
    retiredAt
    rates {
      ...RateRow
    }
  }
`)

/** A version reads as words do: tabular figures would widen its hyphens. */
function VersionName({ text }: { text: string }) {
  return <span className="[font-variant-numeric:normal]">{text}</span>
}

export default async function RateCardsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const viewer = await staffViewer()
  if (viewer === null) return <HiddenByRole />
  const { tenant } = viewer
  const params = await searchParams
  const [data, facts] = await Promise.all([query(RateCardsDocument), ratingFacts()])
  const nowMs = Date.now()
  const mayKeep = mayKeepRates(viewer.role)
  const own = data.rateCards.filter((card) => card.source !== 'CATALOGUE')
  const rates = data.rateCards.flatMap((card) => card.rates)
  const drafted = data.drafts.flatMap((card) => card.rates)
  const { adopted, newest } = catalogueState(facts.catalogues)
  const inForce = rates.filter((rate) => rate.source !== 'CATALOGUE' && isInForce(rate, nowMs)).length
  const waiting = facts.unpricedUsage.length
  const opened = [...own, ...data.drafts].find((card) => card.id != null && card.id === first(params.card))
  return (
    <RatingFrame
      title="Rate cards"
      path="/rate-cards"
      tenant={tenant}
      actions={
        mayKeep ? (
          <>
            <Link href="/rate-cards/drafts/new" className="control">
              <Plus size={16} strokeWidth={1.4} aria-hidden />
              New draft
            </Link>
            <PublishPrice
              timeZone={tenant.timeZone}
              currency={tenant.currency}
              today={tenant.today}
              providers={namesOf(rates, 'provider')}
              resources={namesOf(rates, 'resource')}
            />
          </>
        ) : undefined
      }
    >
      <TileStrip label="Key figures">
        <Tile
          label="Own prices in force"
          figure={countText(inForce)}
          context={`${countText(own.filter((card) => card.status === 'PUBLISHED').length)} published cards`}
        />
        <Tile
          label="Drafts"
          figure={countText(data.drafts.length)}
          context={data.drafts.length === 0 ? 'nothing waits to be published' : 'they price nothing yet'}
        />
        <Tile
          label="Catalogue"
          figure={
            adopted === null ? (
              <NotAvailable reason="No catalogue is adopted" />
            ) : (
              <VersionName text={adopted.version} />
            )
          }
          context={
            adopted?.publishedOn == null
              ? 'public prices'
              : `published ${dateText(adopted.publishedOn, { year: true })}`
          }
        />
        <Tile
          label="Without a price"
          figure={countText(waiting)}
          context={
            waiting === 0 ? (
              'all usage has a price'
            ) : (
              <Link className="link" href="/rate-cards/unpriced">
                price them
              </Link>
            )
          }
        />
      </TileStrip>
      <WithPeek
        panel={
          opened === undefined ? null : (
            <CardPeek
              card={opened}
              tenant={tenant}
              mayKeep={mayKeep}
              closeHref={hrefWith('/rate-cards', params, { card: null })}
            />
          )
        }
      >
        <div className="flex min-w-0 flex-col gap-4">
          <CardTable
            cards={[...data.drafts, ...own]}
            params={params}
            openId={opened?.id ?? null}
            tenant={tenant}
            nowMs={nowMs}
            mayKeep={mayKeep}
          />
          <TimelineCard rates={[...rates, ...drafted]} params={params} nowMs={nowMs} timeZone={tenant.timeZone} />
          <RatesTable rates={rates} params={params} nowMs={nowMs} timeZone={tenant.timeZone} />
          <div className="grid gap-4 lg:grid-cols-2">
            <CatalogueCard adopted={adopted} newest={newest} timeZone={tenant.timeZone} />
            <ReportedCost isUsed={data.tenant.useReportedCost ?? false} mayChange={mayChangeSettings(viewer.role)} />
          </div>
        </div>
      </WithPeek>
    </RatingFrame>
  )
}
