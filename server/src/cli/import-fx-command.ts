import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { isCurrencyCode } from '@outlay/domain/money/currency'
import { isCalendarDate } from '@outlay/domain/periods/calendar-date'
import { CommandFailure } from './failure.ts'
import { carriedRates, ratesInto, type SourcedFxRow } from './import-fx-derive.ts'
import { type FxFile, readFxFile } from './import-fx-rows.ts'
import { openRows } from './read-rows.ts'
import { FxSender } from './send-fx-rates.ts'
import { countOption, missingKey, serverOption } from './server-option.ts'

export const importFxUsage = `outlay import-fx FILE [--map FIELD=COLUMN …] --key KEY [--url URL]

Publishes the exchange rates of a CSV file. A rate is for one UTC date: 1 base = rate quote. Repeating the command is
harmless; a rate that changed is replaced. One wrong row, and nothing of the file is published.

  --map FIELD=COLUMN   date, base, quote or rate from a column, by its heading; without it, from the column of that name
  --map FIELD==TEXT    the same text for every row, such as --map quote==GBP
  --wide BASE          the file has a row for each date and a column for each currency, the price of 1 BASE in it, as the
                       European Central Bank publishes it (BASE is then EUR)
  --into QUOTE         of a wide file, publishes every currency into QUOTE instead; half-even at 18 decimals
  --fill-gaps DAYS     gives days between two rows the rate of the last day before them, over gaps of at most DAYS (10)
  --from DATE          leaves out what is before
  --only CODE,CODE     publishes these bases only
  --source NAME        where the rates come from (default: the name of the file)
  --batch-size N       rates in one request, 1 to 5000 (default 5000)
  --url URL            the server (default OUTLAY_URL, else http://127.0.0.1:4000)
  --key KEY            an API key with the scope "admin" (default OUTLAY_API_KEY)
  --dry-run            checks the file, shows the first three rates and sends nothing

Example:
  npm run outlay -- import-fx eurofxref-hist.csv --wide EUR --into GBP --only USD --from 2026-01-01 --fill-gaps 4`

type Context = { folder: string; print: (text: string) => void }
type Options = ReturnType<typeof readOptions>

/** Days that a rate may be carried over; a week of holidays and its weekends. */
const GAP_DAYS_MAX = 10
const BATCH_MAX = 5_000
const PROBLEMS_SHOWN = 20

/** `outlay import-fx`; answers the exit code: 1 when a row is wrong, and then nothing was sent. */
export async function importFxCommand(args: string[], { folder, print }: Context): Promise<number> {
  const options = readOptions(args)
  const file = await readFxFile(await openRows(resolve(folder, options.path)), options)
  if (file.problems.length > 0) {
    print(describeProblems(file))
    return 1
  }
  const rates = ratesToPublish(file, options)
  if (rates.length === 0) throw new CommandFailure('No rate of the file is left to publish.')
  if (options.dryRun) print([...rates.slice(0, 3).map(rateText), describe(rates, file), 'Nothing was sent.'].join('\n'))
  else {
    await publish(rates, new FxSender({ url: options.url, key: options.key ?? missingKey() }), options.batchSize)
    print(`${describe(rates, file)}\nPublished. What is rated already keeps its rate.`)
  }
  return 0
}

function ratesToPublish({ rows }: FxFile, options: Options): SourcedFxRow[] {
  const { wide, into, from, only, fillGaps, source } = options
  const derived = wide !== null && into !== null
  const stated = derived ? ratesInto(rows, { pivot: wide, into }) : rows
  const wanted = stated.filter(({ rate }) => only === null || only.includes(rate.base))
  const carried = fillGaps === 0 ? [] : carriedRates(wanted, fillGaps)
  const origin = derived ? `${source}, through ${wide}` : source
  return [
    ...wanted.map((row) => ({ ...row, source: origin })),
    ...carried.map((row) => ({ ...row, source: `${origin}, carried` })),
  ].filter(({ rate }) => from === null || rate.date >= from)
}

/** Batches of one source each, one after the other: the server serves one writer of a tenant at a time. */
async function publish(rates: readonly SourcedFxRow[], sender: FxSender, batchSize: number): Promise<void> {
  for (const source of new Set(rates.map((row) => row.source))) {
    const ofSource = rates.filter((row) => row.source === source)
    for (let start = 0; start < ofSource.length; start += batchSize)
      await sender.send(ofSource.slice(start, start + batchSize), source)
  }
}

function describeProblems({ problems }: FxFile): string {
  const shown = problems.slice(0, PROBLEMS_SHOWN)
  return [
    `${count(problems.length)} ${problems.length === 1 ? 'row is' : 'rows are'} wrong; nothing was sent.`,
    ...shown.map(({ line, code, message }) => `  line ${line}: ${message} (${code})`),
    ...(problems.length > shown.length ? [`  and ${count(problems.length - shown.length)} more`] : []),
  ].join('\n')
}

function describe(rates: readonly SourcedFxRow[], { leftOut }: FxFile): string {
  const dates = rates.map(({ rate }) => rate.date).sort()
  const pairs = new Set(rates.map(({ rate }) => `${rate.base}/${rate.quote}`))
  const carried = rates.filter(({ source }) => source.endsWith(', carried')).length
  return [
    `${count(rates.length)} rates of ${count(pairs.size)} ${pairs.size === 1 ? 'pair' : 'pairs'}, ${dates.at(0)} to ${dates.at(-1)}`,
    ...(carried > 0 ? [`${count(carried)} of them carried over days without one`] : []),
    ...(leftOut.length > 0 ? [`Left out, because they are no currencies in use: ${leftOut.join(', ')}`] : []),
  ].join('\n')
}

function rateText({ rate }: SourcedFxRow): string {
  return `${rate.date}  1 ${rate.base} = ${rate.rate} ${rate.quote}`
}

function count(number: number): string {
  return number.toLocaleString('en-GB')
}

function readOptions(args: string[]) {
  const { values, positionals } = parse(args)
  const [path, extra] = positionals
  if (path === undefined) throw new CommandFailure('Which file? outlay import-fx FILE')
  if (extra !== undefined) throw new CommandFailure(`One file at a time: "${extra}" is a second one.`)
  const wide = currencyOption('--wide', values.wide)
  const into = currencyOption('--into', values.into)
  if (into !== null && wide === null) throw new CommandFailure('--into needs --wide: a long file states its quotes.')
  const { from = null } = values
  if (from !== null && !isCalendarDate(from))
    throw new CommandFailure(`--from "${from}" is not a date such as 2026-01-01.`)
  return {
    path,
    map: values.map ?? [],
    wide,
    into,
    from,
    only: values.only?.split(',').map((code) => currencyOption('--only', code.trim())) ?? null,
    fillGaps: countOption('--fill-gaps', values['fill-gaps'] ?? '0', { min: 0, max: GAP_DAYS_MAX }),
    source: values.source ?? basename(path),
    batchSize: countOption('--batch-size', values['batch-size'] ?? String(BATCH_MAX), { min: 1, max: BATCH_MAX }),
    ...serverOption(values),
    dryRun: values['dry-run'] ?? false,
  }
}

function currencyOption(name: string, code: string | undefined): string | null {
  if (code === undefined) return null
  if (!isCurrencyCode(code)) throw new CommandFailure(`${name} "${code}" is not an ISO 4217 code such as EUR.`)
  return code
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        map: { type: 'string', multiple: true },
        wide: { type: 'string' },
        into: { type: 'string' },
        from: { type: 'string' },
        only: { type: 'string' },
        'fill-gaps': { type: 'string' },
        source: { type: 'string' },
        'batch-size': { type: 'string' },
        url: { type: 'string' },
        key: { type: 'string' },
        'dry-run': { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new CommandFailure(`${(error as Error).message.split('. ')[0] ?? ''}; see outlay import-fx --help.`)
  }
}
