import pg from 'pg'
import { formatInstant } from '@outlay/domain/periods/instant'
import { formatUnitPrice } from '@outlay/domain/usage/unit-price'
import { plainArray, textArray } from '../sql/pg-array.ts'
import { loadCatalogue } from './load-catalogue.ts'

const INSERT_RATES = `
INSERT INTO catalogue_rate (id, version, provider, resource, meter, price, per, unit_price, currency, effective_from, effective_to, above_prompt_tokens)
SELECT id, $1, provider, resource, meter, price, per, unit_price, currency, effective_from, effective_to, above_prompt_tokens
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::numeric[], $7::numeric[], $8::numeric[], $9::text[],
  $10::timestamptz[], $11::timestamptz[], $12::bigint[])
  AS r(id, provider, resource, meter, price, per, unit_price, currency, effective_from, effective_to, above_prompt_tokens)
ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, effective_to = EXCLUDED.effective_to`

/**
 * Puts the rates of the shipped catalogue into the database, so that the rate behind every rated line can be shown. Rates of earlier
 * catalogues stay: old ratings name them. Runs as the owner of the database; cheap when the version is there already.
 */
export async function importCatalogue({ url }: { url: string }): Promise<{ version: string; imported: boolean }> {
  const catalogue = await loadCatalogue()
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 })
  await client.connect()
  try {
    const known = await client.query('SELECT 1 FROM catalogue_version WHERE version = $1', [catalogue.version])
    if (known.rowCount === 1) return { version: catalogue.version, imported: false }
    const { rates } = catalogue
    const instant = (micros: number | null) => (micros === null ? null : formatInstant(micros))
    await client.query('BEGIN')
    await client.query(INSERT_RATES, [
      catalogue.version,
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
    await client.query(
      'INSERT INTO catalogue_version (version, source) VALUES ($1, $2) ON CONFLICT (version) DO NOTHING',
      [catalogue.version, '@pydantic/genai-prices'],
    )
    await client.query('COMMIT')
    return { version: catalogue.version, imported: true }
  } finally {
    await client.end()
  }
}
