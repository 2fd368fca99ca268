import { z } from 'zod'

/** How a name is recognised, as genai-prices states it: one test, or several of them. */
export type NameMatch =
  | { equals: string }
  | { starts_with: string }
  | { ends_with: string }
  | { contains: string }
  | { regex: string }
  | { and: NameMatch[] }
  | { or: NameMatch[] }

const nameMatch: z.ZodType<NameMatch> = z.lazy(() =>
  z.union([
    z.strictObject({ equals: z.string() }),
    z.strictObject({ starts_with: z.string() }),
    z.strictObject({ ends_with: z.string() }),
    z.strictObject({ contains: z.string() }),
    z.strictObject({ regex: z.string() }),
    z.strictObject({ and: z.array(nameMatch) }),
    z.strictObject({ or: z.array(nameMatch) }),
  ]),
)

const price = z.strictObject({
  id: z.uuid(),
  meter: z.string(),
  /** Decimal text: the price of `per` units. */
  price: z.string(),
  per: z.string(),
  effectiveFrom: z.string().optional(),
  effectiveTo: z.string().optional(),
  abovePromptTokens: z.string().optional(),
})

/**
 * The file `domain/data/catalogue.json`, which `npm run catalogue` makes from the installed package. In all lists the order decides:
 * the first provider and the first model whose match fits is it.
 */
export const catalogueData = z.strictObject({
  source: z.string(),
  importedFrom: z.string(),
  version: z.string(),
  /** The UTC date on which the version was published. */
  publishedOn: z.iso.date(),
  currency: z.string(),
  providers: z.array(
    z.strictObject({
      id: z.string(),
      match: nameMatch.optional(),
      /** Providers whose models this one also serves, at their prices. */
      fallback: z.array(z.string()).optional(),
    }),
  ),
  models: z.array(
    z.strictObject({
      provider: z.string(),
      id: z.string(),
      match: nameMatch,
      prices: z.array(price),
      /** Meters whose price is left out: they have none, and do not fall back on that of another meter. */
      unpriced: z.array(z.string()).optional(),
    }),
  ),
  /** Prices that cannot be stated exactly or depend on something no event says; their usage stays unpriced. */
  leftOut: z.array(z.strictObject({ provider: z.string(), model: z.string(), price: z.string(), reason: z.string() })),
})

export type CatalogueData = z.infer<typeof catalogueData>
export type CatalogueModelData = CatalogueData['models'][number]
