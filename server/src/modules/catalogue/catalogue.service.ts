import { readCatalogues, readUsedResources, type CatalogueRecord } from '@outlay/db/sql/read-catalogues'
import { catalogueAge } from '@outlay/domain/catalogue/catalogue-age'
import { catalogueDifference, type PriceChange } from '@outlay/domain/catalogue/catalogue-difference'
import { usedModels } from '@outlay/domain/catalogue/used-models'
import { parseFixed18, ratio } from '@outlay/domain/money/fixed18'
import { formatInstant, type EpochMicros } from '@outlay/domain/periods/instant'
import type { Rate } from '@outlay/domain/rating/rate'
import { parseQuantity } from '@outlay/domain/usage/quantity'
import { costOf } from '@outlay/domain/usage/unit-price'
import type { Context } from '../../graphql/context.ts'
import { notFound } from '../../graphql/errors.ts'
import { isoText } from '../../reads/period.ts'
import type { Amount } from '../money/money.schema.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export interface CatalogueVersionSource extends CatalogueRecord {
  ageDays: number | null
  isStale: boolean
}

export interface DifferenceEntrySource {
  change: PriceChange['kind']
  provider: string
  resource: string
  meter: string
  abovePromptTokens: string | null
  effectiveFrom: string | null
  effectiveTo: string | null
  per: string
  before: Amount | null
  after: Amount | null
  ratio: string | null
  isUsed: boolean
}

export interface CatalogueDifferenceSource {
  from: CatalogueVersionSource | null
  to: CatalogueVersionSource
  added: number
  removed: number
  changed: number
  entries: DifferenceEntrySource[]
}

export interface AdoptCatalogueSource {
  catalogue: CatalogueVersionSource | null
  userErrors: UserErrorSource[]
}

/** Most entries of one answer; the counts are of all. */
const ENTRIES_MAX = 5_000

export async function listCatalogues({ db, now }: Pick<Context, 'db' | 'now'>): Promise<CatalogueVersionSource[]> {
  const today = isoText(now).slice(0, 10)
  return (await readCatalogues(db)).map((version) => ({ ...version, ...catalogueAge(version.publishedOn, today) }))
}

/** What adopting another catalogue would price otherwise. Throws NOT_FOUND for a version that is not imported. */
export async function compareCatalogues(
  context: Context,
  { to: version, usedOnly }: { to: string; usedOnly: boolean },
): Promise<CatalogueDifferenceSource> {
  const { db, services, tenant } = context
  const [versions, used] = await Promise.all([listCatalogues(context), readUsedResources(db)])
  const from = versions.find(({ isAdopted }) => isAdopted) ?? null
  const to = versions.find((each) => each.version === version)
  const [adopted, other] = await Promise.all([
    services.catalogue(tenant.id),
    to === undefined ? null : services.catalogue(tenant.id, to.version),
  ])
  if (to === undefined || other === null) throw notFound('This catalogue')
  // What either of them would price counts as used: a name may become that of another model.
  const models = [...(adopted === null ? [] : usedModels(adopted, used)), ...usedModels(other, used)]
  const usedNames = new Set(models.map(({ provider, id }) => nameOf({ provider, resource: id })))
  const changes = catalogueDifference(adopted, other)
    .map((change) => ({ change, isUsed: usedNames.has(nameOf(change)) }))
    .filter(({ isUsed }) => isUsed || !usedOnly)
  const count = (kind: PriceChange['kind']) => changes.filter(({ change }) => change.kind === kind).length
  return {
    from,
    to,
    added: count('ADDED'),
    removed: count('REMOVED'),
    changed: count('CHANGED'),
    entries: changes.slice(0, ENTRIES_MAX).map(({ change, isUsed }) => entry(change, isUsed)),
  }
}

function nameOf({ provider, resource }: { provider: string; resource: string }): string {
  return JSON.stringify([provider, resource])
}

function entry(change: PriceChange, isUsed: boolean): DifferenceEntrySource {
  const { kind, provider, resource, meter, before, after } = change
  const per = (after ?? before)?.perText ?? '1'
  const instant = (micros: EpochMicros | null) => (micros === null ? null : formatInstant(micros))
  return {
    change: kind,
    provider,
    resource,
    meter,
    abovePromptTokens: change.abovePromptTokens?.toString() ?? null,
    effectiveFrom: instant(change.effectiveFromMicros),
    effectiveTo: instant(change.effectiveToMicros),
    per,
    before: priceOf(before, per),
    after: priceOf(after, per),
    ratio: ratioOf(before, after),
    isUsed,
  }
}

function priceOf(rate: Rate | null, per: string): Amount | null {
  if (rate === null) return null
  const isAsStated = rate.perText === per
  const amount = isAsStated ? parseFixed18(rate.priceText) : costOf(rate.unitPrice, parseQuantity(per))
  return { amount, currency: rate.currency }
}

/** By how much dearer, as a share of the price before: 0.25 is 25 %. */
function ratioOf(before: Rate | null, after: Rate | null): string | null {
  if (before === null || after === null || before.currency !== after.currency) return null
  return ratio(after.unitPrice - before.unitPrice, before.unitPrice)
}

export async function adoptCatalogue(context: Context, version: string): Promise<AdoptCatalogueSource> {
  const { services, tenant } = context
  const { userErrors } = await services.adoptCatalogue(tenant.id, version)
  if (userErrors.length > 0) return { catalogue: null, userErrors }
  const versions = await listCatalogues(context)
  return { catalogue: versions.find((each) => each.version === version) ?? null, userErrors: [] }
}
