/**
 * Makes `domain/data/catalogue.json` from the price data inside the installed `@pydantic/genai-prices`: `npm run catalogue`.
 * The same package gives the same bytes. With `--check` it writes nothing and fails when the file is not what it would write.
 *
 * Prices are taken by the shortest text of their JavaScript number and only ever moved as text: nothing is computed with floats.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { waitForUpdate } from '@pydantic/genai-prices'

const PACKAGE = '@pydantic/genai-prices'
const SOURCE = 'https://github.com/pydantic/genai-prices'
const CURRENCY = 'USD'

/** When the npm registry says that a version was published: npm view @pydantic/genai-prices time --json */
const PUBLISHED_ON = {
  '0.1.8': '2026-09-23',
}

const OUTPUT = fileURLToPath(new URL('../data/catalogue.json', import.meta.url))

/** What a price key of the package is here: the meter, and of how many units it is the price. */
const METERS = {
  input_mtok: ['input_tokens', '1000000'],
  output_mtok: ['output_tokens', '1000000'],
  cache_read_mtok: ['cache_read_tokens', '1000000'],
  cache_write_mtok: ['cache_write_tokens', '1000000'],
  cache_write_1h_mtok: ['cache_write_1h_tokens', '1000000'],
  output_reasoning_mtok: ['reasoning_tokens', '1000000'],
  output_citation_mtok: ['citation_tokens', '1000000'],
  input_audio_mtok: ['input_audio_tokens', '1000000'],
  output_audio_mtok: ['output_audio_tokens', '1000000'],
  cache_audio_read_mtok: ['cache_read_audio_tokens', '1000000'],
  input_image_mtok: ['input_image_tokens', '1000000'],
  output_image_mtok: ['output_image_tokens', '1000000'],
  cache_image_read_mtok: ['cache_read_image_tokens', '1000000'],
  input_video_mtok: ['input_video_tokens', '1000000'],
  output_video_mtok: ['output_video_tokens', '1000000'],
  requests_kcount: ['requests', '1000'],
  web_searches_kcount: ['web_searches', '1000'],
  storage_searches_kcount: ['storage_searches', '1000'],
  input_document_kpages: ['pages', '1000'],
  input_annotated_document_kpages: ['annotated_pages', '1000'],
  audio_hours: ['seconds', '3600'],
}

/** The same seconds again, as a part of `audio_hours`; an event states them once. */
const REPEATED_KEYS = new Set(['input_audio_hours'])

/** Meters a free model costs nothing for; every token class falls back to one of the two. */
const FREE_KEYS = ['input_mtok', 'output_mtok']

// The package's own code bills these for at least ten seconds a call, which no price per second can say.
const MINIMUM_CHARGE = new Set(['groq whisper-large-v3', 'groq whisper-large-v3-turbo'])

const UNIT_PRICE_DECIMALS = 12n

/** The catalogue as the text of the file. */
export async function makeCatalogue() {
  const version = packageVersion()
  const providers = await waitForUpdate()
  const leftOut = []
  const models = providers.flatMap((provider) => provider.models.map((model) => importModel(provider, model, leftOut)))
  refuseRepeatedIds(models)
  return asText({
    source: SOURCE,
    importedFrom: PACKAGE,
    version,
    publishedOn: publishedOn(version),
    currency: CURRENCY,
    providers: providers.map((provider) => ({
      id: provider.id,
      match: provider.provider_match,
      fallback: provider.fallback_model_providers,
    })),
    models,
    leftOut,
  })
}

// A model without prices stays in the list: it keeps its names from being taken for those of a model after it.
function importModel(provider, model, leftOut) {
  const unpriced = new Set()
  const leaveOut = (key, reason) => {
    leftOut.push({ provider: provider.id, model: model.id, price: key, reason })
    if (key in METERS) unpriced.add(METERS[key][0])
  }
  const periods = periodsOf(model, leaveOut)
  const prices = MINIMUM_CHARGE.has(`${provider.id} ${model.id}`)
    ? (leaveOut('audio_hours', 'at least ten seconds are billed for each call'), [])
    : periods.flatMap((period) => pricesOf(model, period, leaveOut))
  const rates = prices.map((price) => ({ id: rateId(provider.id, model.id, price), ...price }))
  const omissions = unpriced.size === 0 ? undefined : [...unpriced]
  return { provider: provider.id, id: model.id, match: model.match, prices: rates, unpriced: omissions }
}

/** The price sets of a model with the instants between which each is in force. */
function periodsOf(model, leaveOut) {
  if (!Array.isArray(model.prices)) return [{ prices: model.prices }]
  if (model.prices.some(({ constraint }) => constraint !== undefined && constraint.type !== 'start_date')) {
    leaveOut('*', 'the price depends on the time of day')
    return []
  }
  const starts = model.prices.map(({ constraint }) => constraint?.start_date)
  const isAscending = starts.every(
    (start, index) => (start === undefined) === (index === 0) && !(start <= starts[index - 1]),
  )
  if (!isAscending) throw new Error(`The periods of ${model.id} are not in order: ${starts.join(', ')}`)
  return model.prices.map(({ prices }, index) => ({
    prices,
    effectiveFrom: midnight(starts[index]),
    effectiveTo: midnight(starts[index + 1]),
  }))
}

function pricesOf(model, { prices, effectiveFrom, effectiveTo }, leaveOut) {
  const stated = Object.entries(prices).filter(([, value]) => value !== undefined)
  if (stated.length === 0) {
    if (!model.id.endsWith(':free')) {
      leaveOut('*', 'the package states no price')
      return []
    }
    stated.push(...FREE_KEYS.map((key) => [key, 0]))
  }
  return stated.flatMap(([key, value]) => {
    if (REPEATED_KEYS.has(key) && prices.audio_hours === value) return []
    const [meter, per] = METERS[key] ?? []
    if (meter === undefined) {
      leaveOut(key, 'no meter here counts it')
      return []
    }
    const tiers = typeof value === 'number' ? [[undefined, value]] : tiersOf(value)
    if (tiers.some(([, price]) => !isExactUnitPrice(decimalText(price), per))) {
      leaveOut(key, `the price of one unit does not end within ${UNIT_PRICE_DECIMALS} decimals`)
      return []
    }
    return tiers.map(([start, price]) => ({
      meter,
      price: decimalText(price),
      per,
      effectiveFrom,
      effectiveTo,
      abovePromptTokens: start === undefined ? undefined : decimalText(start),
    }))
  })
}

/** The whole request is priced at the tier its prompt reaches: the same meaning as `abovePromptTokens`. */
function tiersOf({ base, tiers }) {
  return [[undefined, base], ...tiers.map(({ start, price }) => [start, price])]
}

/** The shortest plain decimal text of a number: 1e-7 is 0.0000001. */
function decimalText(number) {
  if (!Number.isFinite(number) || number < 0) throw new Error(`${number} is not a price`)
  const [mantissa, exponent] = String(number).split('e')
  if (exponent === undefined) return mantissa
  const [whole, fraction = ''] = mantissa.split('.')
  const shift = Number.parseInt(exponent, 10)
  if (shift > 0) return whole + fraction.padEnd(shift, '0')
  return `0.${'0'.repeat(-shift - 1)}${whole}${fraction}`
}

function isExactUnitPrice(price, per) {
  const [whole, fraction = ''] = price.split('.')
  const scaled = BigInt(whole + fraction) * 10n ** UNIT_PRICE_DECIMALS
  return scaled % (BigInt(per) * 10n ** BigInt(fraction.length)) === 0n
}

/**
 * A rate's own id: a UUID of version 8 (RFC 9562) from the SHA-256 of what it says. A changed price is another rate; a rate that is
 * given an end stays the same one; the version of the package is not in it.
 */
function rateId(provider, model, { meter, price, per, effectiveFrom, abovePromptTokens }) {
  const key = [PACKAGE, provider, model, meter, price, per, CURRENCY, effectiveFrom ?? null, abovePromptTokens ?? null]
  const bytes = createHash('sha256').update(JSON.stringify(key)).digest().subarray(0, 16)
  bytes[6] = (bytes[6] & 0x0f) | 0x80
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

function refuseRepeatedIds(models) {
  const ids = models.flatMap(({ prices }) => prices.map(({ id }) => id))
  if (new Set(ids).size !== ids.length) throw new Error('Two prices of the package are the same rate')
}

function midnight(date) {
  return date === undefined ? undefined : `${date}T00:00:00Z`
}

function packageVersion() {
  const entry = createRequire(import.meta.url).resolve(PACKAGE)
  return JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8')).version
}

/** The date of a version (UTC). The package does not state it, and without it nobody could tell a stale catalogue. */
export function publishedOn(version) {
  const date = PUBLISHED_ON[version]
  if (date === undefined) {
    throw new Error(
      `Nobody has said when ${PACKAGE} ${version} was published; add "'${version}': 'YYYY-MM-DD'" to PUBLISHED_ON in domain/scripts/import-catalogue.mjs, with the date from: npm view ${PACKAGE} time --json`,
    )
  }
  return date
}

/** One line for each provider, model and omission, so that a new version reads as a difference. */
function asText(catalogue) {
  const fields = Object.entries(catalogue).map(([name, value]) => {
    if (!Array.isArray(value)) return `${JSON.stringify(name)}: ${JSON.stringify(value)}`
    return `${JSON.stringify(name)}: [\n${value.map((item) => JSON.stringify(item)).join(',\n')}\n]`
  })
  return `{\n${fields.join(',\n')}\n}\n`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const text = await makeCatalogue()
  if (!process.argv.includes('--check')) writeFileSync(OUTPUT, text)
  else if (readFileSync(OUTPUT, 'utf8') !== text) {
    console.error('domain/data/catalogue.json is not what the installed package gives; run `npm run catalogue`.')
    process.exitCode = 1
  }
}
