import { ApiQuery, PeekLine, PeekPanel, PeekSection } from '../../../components/peek/peek-panel.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { countText, exactAmountText, exactDecimalText } from '../../../lib/format.ts'
import { conditionText, effectiveText, meterText, SOURCE_NAMES } from '../../../lib/rate-text.ts'
import type { Tenant } from '../../../lib/session.ts'
import { momentText } from '../../../lib/time.ts'
import { CardActions, CardBadge } from './card-table.tsx'
import { isInForce, type Card } from './rates.ts'

interface CardPeekProps {
  card: Card
  tenant: Tenant
  mayKeep: boolean
  closeHref: string
}

/** More prices than this are read in the table below. */
const MOST_LINES = 60

function apiQuery(id: string): string {
  return `query {
  rateCard(id: ${JSON.stringify(id)}) {
    provider version source status
    rates {
      resource meter
      price { amount currency } per
      effectiveFrom effectiveTo
    }
  }
}`
}

/** One card: every price it names, with its period and condition, and who published it. */
export function CardPeek({ card, tenant, mayKeep, closeHref }: CardPeekProps) {
  const nowMs = Date.now()
  const inForce = card.rates.filter((rate) => isInForce(rate, nowMs)).length
  return (
    <PeekPanel
      openKey={card.id ?? ''}
      title={`${card.provider} ${card.version}`}
      caption={`Rate card · ${SOURCE_NAMES[card.source]}`}
      closeHref={closeHref}
      figure={`${countText(card.rates.length)} ${card.rates.length === 1 ? 'price' : 'prices'}`}
      formula={`${countText(inForce)} in force now`}
    >
      <PeekSection title="Card">
        <ul>
          <PeekLine name="Status" value={<CardBadge card={card} nowMs={nowMs} />} />
          {card.createdAt == null ? null : (
            <PeekLine
              name="Made"
              note={card.createdBy == null ? undefined : `by ${card.createdBy}`}
              value={momentText(card.createdAt, tenant.timeZone)}
            />
          )}
          {card.publishedAt == null ? null : (
            <PeekLine name="Published" value={momentText(card.publishedAt, tenant.timeZone)} />
          )}
          {card.retiredAt == null ? null : (
            <PeekLine name="Retired" value={momentText(card.retiredAt, tenant.timeZone)} />
          )}
        </ul>
        {card.note == null ? null : <p className="pt-1.5 text-ink-2">{card.note}</p>}
      </PeekSection>
      {mayKeep ? (
        <div className="no-print border-b border-line px-4 py-3 sm:px-5">
          <CardActions card={card} today={tenant.today} timeZone={tenant.timeZone} />
        </div>
      ) : null}
      <PeekSection title="Prices" unit="per units">
        <ul>
          {card.rates.slice(0, MOST_LINES).map((rate) => (
            <PeekLine
              key={rate.id}
              name={`${rate.resource}, ${meterText(rate.meter)}`}
              note={[conditionText(rate), effectiveText(rate, tenant.timeZone)].filter(Boolean).join(' · ')}
              value={
                <>
                  {rate.price.currency} {exactAmountText(rate.price)}
                  <span className="block text-caption text-ink-3">per {exactDecimalText(rate.per)}</span>
                </>
              }
            />
          ))}
        </ul>
        {card.rates.length > MOST_LINES ? (
          <p className="pt-2 text-caption text-ink-3">
            {countText(card.rates.length - MOST_LINES)} more stand in the table of prices.
          </p>
        ) : null}
      </PeekSection>
      {card.id == null ? null : <ApiQuery text={apiQuery(card.id)} />}
      {mayKeep && card.id != null ? (
        <p className="no-print px-4 pb-4 sm:px-5">
          <Link
            className="link inline-flex min-h-8 items-center"
            href={
              card.status === 'DRAFT'
                ? `/rate-cards/drafts/${encodeURIComponent(card.id)}`
                : `/rate-cards/drafts/new?from=${encodeURIComponent(card.id)}`
            }
          >
            {card.status === 'DRAFT' ? 'Edit the draft' : 'Start a draft from this card'}
          </Link>
        </p>
      ) : null}
    </PeekPanel>
  )
}
