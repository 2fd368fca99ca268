import { MiniTable } from '../../../components/table/mini-table.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { Card as Panel } from '../../../components/ui/card.tsx'
import { EmptyState } from '../../../components/ui/empty-state.tsx'
import { Link } from '../../../components/ui/link.tsx'
import { countText } from '../../../lib/format.ts'
import { SOURCE_NAMES } from '../../../lib/rate-text.ts'
import { hrefWith, type SearchParams } from '../../../lib/search-params.ts'
import type { Tenant } from '../../../lib/session.ts'
import { dayText } from '../../../lib/time.ts'
import { DraftActions, RetireCard } from './card-actions.tsx'
import { isInForce, type Card } from './rates.ts'

interface CardTableProps {
  /** Own cards only, drafts among them. */
  cards: readonly Card[]
  params: SearchParams
  openId: string | null
  tenant: Tenant
  nowMs: number
  mayKeep: boolean
}

const EXAMPLE = `curl -sS $OUTLAY_URL/graphql \\
  -H "Authorization: Bearer $OUTLAY_API_KEY" -H 'Content-Type: application/json' \\
  -d '{"query":"mutation($input: PublishRatesInput!) { publishRates(input: $input) { rates { card } userErrors { message } } }",
       "variables":{"input":{"source":"CONTRACT","rates":[{"provider":"anthropic","resource":"claude-sonnet-4-5","meter":"input_tokens",
         "price":{"amount":"2.70","currency":"USD"},"per":"1000000","effectiveFrom":"2026-01-01T00:00:00Z"}]}}}'`

/** What a card is now: a draft prices nothing, and a published one may have no price left in force. */
export function CardBadge({ card, nowMs }: { card: Card; nowMs: number }) {
  if (card.status === 'DRAFT') return <Badge tone="accent">draft</Badge>
  if (card.status === 'RETIRED') return <Badge>retired</Badge>
  const inForce = card.rates.filter((rate) => isInForce(rate, nowMs)).length
  if (inForce > 0) return <Badge tone="ok">in force</Badge>
  const isAhead = card.rates.some((rate) => rate.effectiveFrom != null && Date.parse(rate.effectiveFrom) > nowMs)
  return isAhead ? <Badge tone="accent">planned</Badge> : <Badge>past</Badge>
}

/** One's own cards by provider, the newest version first, with what can be done to each. */
export function CardTable({ cards, params, openId, tenant, nowMs, mayKeep }: CardTableProps) {
  if (cards.length === 0) {
    return (
      <Panel title="No card of your own yet" caption="The catalogue of public prices applies">
        <EmptyState command={{ label: 'Publish a price of your contract', code: EXAMPLE }}>
          Prices of your contracts and prices you enter by hand will stand here, before those of the catalogue.
        </EmptyState>
      </Panel>
    )
  }
  const sorted = [...cards].sort(
    (a, b) => a.provider.localeCompare(b.provider, 'en') || b.version.localeCompare(a.version, 'en', { numeric: true }),
  )
  const providers = new Set(cards.map((card) => card.provider)).size
  return (
    <Panel
      flush
      title={`${countText(cards.length)} own ${cards.length === 1 ? 'card' : 'cards'} of ${countText(providers)} ${providers === 1 ? 'provider' : 'providers'}`}
      caption="Contract goes before own rate card, both before the catalogue"
    >
      <MiniTable
        label="Own rate cards"
        maxHeight={560}
        heads={[
          { label: 'Card' },
          { label: 'Status', isMain: true },
          { label: 'In force', isNumber: true },
          { label: 'Published' },
          // The open card has its actions in the panel, which takes the room of this column.
          ...(mayKeep && openId === null ? [{ label: 'Actions' }] : []),
        ]}
        rows={sorted.map((card) => ({
          id: card.id ?? `${card.provider} ${card.version}`,
          isOpen: card.id != null && card.id === openId,
          cells: [
            <span key="card" className="block min-w-36">
              <Link
                data-peek
                scroll={false}
                href={hrefWith('/rate-cards', params, { card: card.id ?? null })}
                className="row-link font-[550]"
              >
                {card.provider} {card.version}
              </Link>
              <span className="block text-caption text-ink-3">
                {SOURCE_NAMES[card.source]}
                {card.note == null ? '' : ` · ${card.note}`}
              </span>
            </span>,
            <CardBadge key="status" card={card} nowMs={nowMs} />,
            `${countText(card.rates.filter((rate) => isInForce(rate, nowMs)).length)} of ${countText(card.rates.length)}`,
            card.publishedAt == null ? (
              'not yet'
            ) : (
              <span key="published">
                <span className="block whitespace-nowrap">{dayText(card.publishedAt, tenant.timeZone)}</span>
                <span className="block text-caption break-words text-ink-3">{card.createdBy ?? ''}</span>
              </span>
            ),
            mayKeep ? <CardActions key="actions" card={card} today={tenant.today} timeZone={tenant.timeZone} /> : null,
          ],
        }))}
      />
    </Panel>
  )
}

export function CardActions({ card, today, timeZone }: { card: Card; today: string; timeZone: string }) {
  if (card.id == null) return null
  const subject = { id: card.id, name: `${card.provider} ${card.version}`, rates: card.rates.length }
  if (card.status === 'DRAFT') return <DraftActions card={subject} />
  return card.status === 'PUBLISHED' ? <RetireCard card={subject} today={today} timeZone={timeZone} /> : null
}
