import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { CommandFailure } from './failure.ts'
import { readableSize, reason } from './read-rows.ts'
import { sendPools, type PoolImport } from './send-pools.ts'
import { missingKey, serverOption } from './server-option.ts'

export const importPoolsUsage = `outlay import-pools FILE [--dry-run] --key KEY [--url URL]

Declares the shared costs of a CSV file, or sets their amounts. All rows are taken or none; repeating the command is
harmless, and a row that changed sets the amount of its pool from its month on.

Columns, in any order:
  name                the pool; once a month
  category            VECTOR_DATABASE, EMBEDDING, TOOL_SUBSCRIPTION, ORCHESTRATION, MONITORING or OTHER
  month               its month or its first, such as 2026-03
  amount, currency    of each month, in whole minor units; below zero is a credit
and, where needed:
  recurrence          ONCE (default) or MONTHLY;  last_month: of a monthly one, else it goes on
  method              EQUAL, USAGE (default), REVENUE or OVERHEAD_RATE
  basis               for USAGE: INVOCATIONS (default), TOKENS, COMPUTE_TIME or RESOURCE_USES
  rate                for OVERHEAD_RATE, such as 0.20
  scope               agent keys with ; between; all active agents when empty
  resource, resource_provider, capacity, note

  --dry-run            says what would be done, and does nothing
  --url URL            the server (default OUTLAY_URL, else http://127.0.0.1:4000)
  --key KEY            an API key with the scope "admin" (default OUTLAY_API_KEY)

Example:
  npm run outlay -- import-pools pools.csv --dry-run`

/** Largest file: a thousand rows are a tenth of it. */
const FILE_BYTES_MAX = 2 * 1024 * 1024
const LINES_SHOWN = 20

/** `outlay import-pools`; answers the exit code: 1 when a row is refused, and then nothing was written. */
export async function importPoolsCommand(
  args: string[],
  { folder, print }: { folder: string; print: (text: string) => void },
): Promise<number> {
  const { path, url, key, dryRun } = readOptions(args)
  const csv = await readText(resolve(folder, path))
  const done = await sendPools({ url, key: key ?? missingKey() }, { csv, dryRun })
  if (done.userErrors.length > 0) {
    print(describeErrors(done))
    return 1
  }
  print([...describeRows(done), dryRun ? 'Nothing was written.' : 'Written.'].join('\n'))
  return 0
}

async function readText(path: string): Promise<string> {
  const size = await readableSize(path)
  if (size > FILE_BYTES_MAX) {
    throw new CommandFailure(`${path} has ${count(size)} bytes; the most is ${count(FILE_BYTES_MAX)}.`)
  }
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    throw new CommandFailure(`${path} cannot be read: ${reason(error)}.`)
  }
  if (!isUtf8(bytes)) throw new CommandFailure(`${path} is not UTF-8; save it as "CSV UTF-8".`)
  return bytes.toString('utf8')
}

function describeErrors({ userErrors, rows }: PoolImport): string {
  const refused = rows.filter(({ outcome }) => outcome === 'REFUSED').length
  const what = refused === 1 ? '1 row is' : `${count(refused)} rows are`
  return [
    refused === 0 ? 'The file is refused; nothing was written.' : `${what} refused; nothing was written.`,
    ...shown(userErrors.map(({ code, message }) => `  ${message} (${code})`)),
  ].join('\n')
}

function describeRows({ created, changed, unchanged, rows }: PoolImport): string[] {
  const different = rows.filter(({ outcome }) => outcome !== 'UNCHANGED')
  return [
    ...shown(different.map(({ line, name, outcome }) => `  line ${line}: ${name ?? ''} ${outcome.toLowerCase()}`)),
    `${count(created)} created, ${count(changed)} changed, ${count(unchanged)} unchanged`,
  ]
}

function shown(lines: readonly string[]): string[] {
  const more = lines.length - LINES_SHOWN
  return more > 0 ? [...lines.slice(0, LINES_SHOWN), `  and ${count(more)} more`] : [...lines]
}

function count(number: number): string {
  return number.toLocaleString('en-GB')
}

function readOptions(args: string[]) {
  const { values, positionals } = parse(args)
  const [path, extra] = positionals
  if (path === undefined) throw new CommandFailure('Which file? outlay import-pools FILE')
  if (extra !== undefined) throw new CommandFailure(`One file at a time: "${extra}" is a second one.`)
  return { path, ...serverOption(values), dryRun: values['dry-run'] ?? false }
}

function parse(args: string[]) {
  try {
    const text = { type: 'string' } as const
    return parseArgs({
      args,
      allowPositionals: true,
      options: { url: text, key: text, 'dry-run': { type: 'boolean' } },
    })
  } catch (error) {
    throw new CommandFailure(`${(error as Error).message.split('. ')[0] ?? ''}; see outlay import-pools --help.`)
  }
}
