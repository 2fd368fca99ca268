import type { RateInput } from '@outlay/db/ingest/parse-rates'
import type { CardOutcome } from '@outlay/db/ingest/rate-card-state'
import { readUsedResources } from '@outlay/db/sql/read-catalogues'
import {
  readRateCard,
  readRateCards,
  readRatesOfCards,
  type RateCardRecord,
  type RateRecord,
} from '@outlay/db/sql/read-rates'
import type { Catalogue } from '@outlay/domain/catalogue/catalogue'
import { usedModels, type UsedResource } from '@outlay/domain/catalogue/used-models'
import { formatInstant, parseInstant, type EpochMicros } from '@outlay/domain/periods/instant'
import type { OwnRateSource, Rate } from '@outlay/domain/rating/rate'
import { formatUnitPrice } from '@outlay/domain/usage/unit-price'
import { actorOf } from '../../graphql/actor.ts'
import type { Context } from '../../graphql/context.ts'
import { uuidOf } from '../../graphql/ids.ts'
import { groupBy } from '@outlay/domain/group-by'
import { isoText } from '../../reads/period.ts'
import { storableKey } from '../../reads/storable-key.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

/** A card with its rates; the catalogue makes one for each provider, which has no id and was made by nobody. */
export type RateCardSource = Omit<RateCardRecord, 'id' | 'source' | 'createdAt'> & {
  id: string | null
  source: RateRecord['source']
  createdAt: string | null
  rates: RateRecord[]
}

export interface RateCardPayloadSource {
  rateCard: RateCardSource | null
  userErrors: UserErrorSource[]
}

export async function listRateCards(
  context: Context,
  args: { provider?: string | null; at?: string | null; status?: RateCardRecord['status'] | null },
): Promise<RateCardSource[]> {
  const { provider = null, status = null } = args
  if (provider !== null && !storableKey(provider)) return []
  const micros = args.at === null || args.at === undefined ? null : parseInstant(args.at)
  const [own, listed] = await Promise.all([
    ownCards(context, { provider, status, micros }),
    status === null || status === 'PUBLISHED' ? catalogueCards(context, { provider, micros }) : [],
  ])
  return [...own, ...listed]
}

async function ownCards(
  { db }: Context,
  { provider, status, micros }: Asked & { status: RateCardRecord['status'] | null },
): Promise<RateCardSource[]> {
  const cards = await withRates({ db }, await readRateCards(db, { provider, status }), micros)
  return micros === null ? cards : cards.filter(({ rates }) => rates.length > 0)
}

interface Asked {
  provider: string | null
  /** Keeps only the rates in force then. */
  micros: EpochMicros | null
}

async function withRates(
  { db }: Pick<Context, 'db'>,
  cards: readonly RateCardRecord[],
  micros: EpochMicros | null,
): Promise<RateCardSource[]> {
  const at = micros === null ? null : formatInstant(micros)
  const rates = await readRatesOfCards(db, { cardIds: cards.map(({ id }) => id), at })
  const byCard = groupBy(rates, ({ cardId }) => cardId ?? '')
  return cards.map((card) => ({ ...card, rates: byCard.get(card.id) ?? [] }))
}

/** What the tenant's catalogue says of a provider; without one, of the providers whose resources the tenant has used. */
async function catalogueCards(
  { db, services, tenant }: Context,
  { provider, micros }: Asked,
): Promise<RateCardSource[]> {
  const catalogue = await services.catalogue(tenant.id)
  if (catalogue === null) return []
  const providers = provider === null ? usedProviders(catalogue, await readUsedResources(db)) : new Set([provider])
  const rates = catalogue.rates.filter((rate) => providers.has(rate.provider) && isInForce(rate, micros))
  return [...groupBy(rates, (rate) => rate.provider)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, group]) => ({
      id: null,
      provider: name,
      version: catalogue.version,
      source: 'CATALOGUE',
      status: 'PUBLISHED',
      note: null,
      createdBy: null,
      createdAt: null,
      publishedAt: null,
      retiredAt: null,
      rates: group.map((rate) => catalogueRate(rate, catalogue.version)),
    }))
}

function usedProviders(catalogue: Catalogue, used: readonly UsedResource[]): Set<string> {
  const named = used.flatMap(({ provider }) => (provider === null ? [] : [provider]))
  return new Set([...named, ...[...usedModels(catalogue, used)].map(({ provider }) => provider)])
}

function isInForce({ effectiveFromMicros, effectiveToMicros }: Rate, micros: EpochMicros | null): boolean {
  return micros === null || ((effectiveFromMicros ?? -Infinity) <= micros && micros < (effectiveToMicros ?? Infinity))
}

function catalogueRate(rate: Rate, cardVersion: string): RateRecord {
  const instant = (micros: EpochMicros | null) => (micros === null ? null : formatInstant(micros))
  return {
    id: rate.id,
    cardId: null,
    state: 'ACTIVE',
    source: 'CATALOGUE',
    provider: rate.provider,
    resource: rate.resource,
    meter: rate.meter,
    price: rate.priceText,
    per: rate.perText,
    unitPrice: formatUnitPrice(rate.unitPrice),
    currency: rate.currency,
    effectiveFrom: instant(rate.effectiveFromMicros),
    effectiveTo: instant(rate.effectiveToMicros),
    abovePromptTokens: rate.abovePromptTokens?.toString() ?? null,
    aboveMonthlyQuantity: null,
    qualifiers: null,
    cardVersion,
  }
}

/** The tenant's own card of that id; null when there is none. */
export async function findRateCard({ db }: Pick<Context, 'db'>, uuid: string): Promise<RateCardSource | null> {
  const card = await readRateCard(db, uuid)
  if (card === null) return null
  const [found] = await withRates({ db }, [card], null)
  return found ?? null
}

export async function saveDraft(
  context: Context,
  input: {
    id?: string | null
    provider: string
    source: OwnRateSource
    note?: string | null
    rates: readonly RateInput[]
  },
): Promise<RateCardPayloadSource> {
  const { id, provider, source, note = null, rates } = input
  const cardId = id === null || id === undefined ? null : uuidOf('RateCard', id, 'input.id')
  const by = await actorOf(context)
  const { services, tenant } = context
  return payload(context, await services.saveRateCardDraft(tenant.id, { cardId, provider, source, note, by, rates }))
}

export async function publishDraft(context: Context, id: string): Promise<RateCardPayloadSource> {
  const { services, tenant } = context
  return payload(context, await services.publishRateCard(tenant.id, uuidOf('RateCard', id, 'input.id')))
}

/** Answers the draft as it was. */
export async function discardDraft(context: Context, id: string): Promise<RateCardPayloadSource> {
  const { services, tenant } = context
  const cardId = uuidOf('RateCard', id, 'input.id')
  const rateCard = await findRateCard(context, cardId)
  const { userErrors } = await services.discardRateCardDraft(tenant.id, cardId)
  return { rateCard: userErrors.length > 0 ? null : rateCard, userErrors }
}

export async function retireCard(
  context: Context,
  { id, at }: { id: string; at?: string | null },
): Promise<RateCardPayloadSource> {
  const { services, tenant, now } = context
  const cardId = uuidOf('RateCard', id, 'input.id')
  return payload(context, await services.retireRateCard(tenant.id, { cardId, at: at ?? isoText(now) }))
}

async function payload(context: Context, { cardId, userErrors }: CardOutcome): Promise<RateCardPayloadSource> {
  return { rateCard: cardId === null ? null : await findRateCard(context, cardId), userErrors }
}
