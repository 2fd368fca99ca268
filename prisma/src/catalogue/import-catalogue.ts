import pg from 'pg'
import { compileCatalogue } from '@outlay/domain/catalogue/catalogue'
import { catalogueData } from '@outlay/domain/catalogue/catalogue-data'
import { formatInstant } from '@outlay/domain/periods/instant'
import type { Rate } from '@outlay/domain/rating/rate'
import { formatUnitPrice } from '@outlay/domain/usage/unit-price'
import { plainArray, textArray } from '../sql/pg-array.ts'
import { readShippedCatalogue } from './load-catalogue.ts'

// A rate that several catalogues state is stored once, under the first of them; its period is the widest that any of them stated, so
// that an event which it priced under one of them lies in it.
const INSERT_RATES = `
INSERT INTO catalogue_rate AS c (id, version, provider, resource, meter, price, per, unit_price, currency, effective_from, effective_to, above_prompt_tokens)
SELECT id, $1, provider, resource, meter, price, per, unit_price, currency, effective_from, effective_to, above_prompt_tokens
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::numeric[], $7::numeric[], $8::numeric[], $9::text[],
  $10::timestamptz[], $11::timestamptz[], $12::bigint[])
  AS r(id, provider, resource, meter, price, per, unit_price, currency, effective_from, effective_to, above_prompt_tokens)
ON CONFLICT (id) DO UPDATE SET effective_to =
  CASE WHEN c.effective_to IS NOT NULL AND EXCLUDED.effective_to IS NOT NULL THEN greatest(c.effective_to, EXCLUDED.effective_to) END`

const INSERT_VERSION = `
INSERT INTO catalogue_version (version, source, published_on, content) VALUES ($1, $2, $3::date, $4::jsonb)
ON CONFLICT (version) DO UPDATE SET published_on = EXCLUDED.published_on, content = EXCLUDED.content`

/**
 * Puts a catalogue into the database: its content, which tenants adopt and rate under, and its rates, so that the one behind every rated
 * line can be shown. Nothing is priced otherwise by it; rates of earlier catalogues stay, because old ratings name them. Runs as the
 * owner of the database; cheap when the version is there already. `text`: the catalogue to import; the shipped one when absent.
 */
export async function importCatalogue({
  url,
  text,
}: {
  url: string
  text?: string
}): Promise<{ version: string; imported: boolean }> {
  const content: unknown = JSON.parse(text ?? (await readShippedCatalogue()))
  const { version, importedFrom, publishedOn } = catalogueData.parse(content)
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 })
  await client.connect()
  try {
    const known = await client.query('SELECT 1 FROM catalogue_version WHERE version = $1 AND content IS NOT NULL', [
      version,
    ])
    if (known.rowCount === 1) return { version, imported: false }
    await client.query('BEGIN')
    await insertRates(client, version, compileCatalogue(content).rates)
    await client.query(INSERT_VERSION, [version, importedFrom, publishedOn, JSON.stringify(content)])
    await client.query('COMMIT')
    return { version, imported: true }
  } finally {
    await client.end()
  }
}

async function insertRates(client: pg.Client, version: string, rates: readonly Rate[]): Promise<void> {
  const instant = (micros: number | null) => (micros === null ? null : formatInstant(micros))
  await client.query(INSERT_RATES, [
    version,
    plainArray(rates.map((rate) => rate.id)),
    textArray(rates.map((rate) => rate.provider)),
    textArray(rates.map((rate) => rate.resource)),
    textArray(rates.map((rate) => rate.meter)),
    plainArray(rates.map((rate) => rate.priceText)),
    plainArray(rates.map((rate) => rate.perText)),
    plainArray(rates.map((rate) => formatUnitPrice(rate.unitPrice))),
    plainArray(rates.map((rate) => rate.currency)),
    plainArray(rates.map((rate) => instant(rate.effectiveFromMicros))),
    plainArray(rates.map((rate) => instant(rate.effectiveToMicros))),
    plainArray(rates.map((rate) => rate.abovePromptTokens)),
  ])
}
