import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { isLineField, LINE_FIELDS } from '@outlay/domain/reconciliation/line-map'
import { STATEMENT_FORMATS, type StatementFormat } from '@outlay/domain/reconciliation/provider-line'
import { readMappings } from './column-map.ts'
import { CommandFailure } from './failure.ts'
import { readableSize, reason } from './read-rows.ts'
import { sendStatement, type StatementImport } from './send-statement.ts'
import { missingKey, serverOption } from './server-option.ts'

export const importStatementUsage = `outlay import-statement FILE [--dry-run] --key KEY [--url URL]

Imports an invoice, a usage report or a cost export of a provider, to be laid beside what was attributed. With a line
that cannot be read nothing is stored. The same file again changes nothing.

  --format FORMAT      ${STATEMENT_FORMATS.slice(0, 4).join(', ')},
                       ${STATEMENT_FORMATS.slice(4).join(' or ')}; told by what stands in the file when left out
  --map FIELD=COLUMN   for CSV, as often as needed; FIELD==TEXT is the same text for every line. Guessed by the headings
                       when left out. Fields: ${LINE_FIELDS.slice(0, 6).join(', ')},
                       ${LINE_FIELDS.slice(6).join(', ')}
  --name NAME          what it is called (default: the name of the file)
  --without-refused    stores the lines that can be read although others cannot
  --dry-run            says what would be stored, and stores nothing
  --url URL            the server (default OUTLAY_URL, else http://127.0.0.1:4000)
  --key KEY            an API key with the scope "admin" (default OUTLAY_API_KEY)

Example:
  npm run outlay -- import-statement october.csv --map provider==openai --map day=Date --dry-run`

/** The most that the server takes at once. */
const FILE_BYTES_MAX = 16 * 1024 * 1024
const LINES_SHOWN = 20

/** `outlay import-statement`; answers the exit code: 1 when it is refused, and then nothing was stored. */
export async function importStatementCommand(
  args: string[],
  { folder, print }: { folder: string; print: (text: string) => void },
): Promise<number> {
  const { path, url, key, ...wish } = readOptions(args)
  const text = await readText(resolve(folder, path))
  const file = { ...wish, name: wish.name ?? basename(path), text }
  const done = await sendStatement({ url, key: key ?? missingKey() }, file)
  print([...describe(done), outcomeOf(done, wish.dryRun)].join('\n'))
  return done.userErrors.length > 0 ? 1 : 0
}

async function readText(path: string): Promise<string> {
  const size = await readableSize(path)
  if (size > FILE_BYTES_MAX) {
    throw new CommandFailure(
      `${path} has ${count(size)} bytes; the most is ${count(FILE_BYTES_MAX)}. Send it in parts.`,
    )
  }
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    throw new CommandFailure(`${path} cannot be read: ${reason(error)}.`)
  }
  if (!isUtf8(bytes)) throw new CommandFailure(`${path} is not UTF-8.`)
  return bytes.toString('utf8')
}

function describe({
  format,
  lineCount,
  repeatedCount,
  firstDay,
  lastDay,
  refused,
  refusedCount,
}: StatementImport): string[] {
  const days = firstDay === null || lastDay === null ? '' : `, ${firstDay} to ${lastDay} in UTC`
  const more = refusedCount - Math.min(refused.length, LINES_SHOWN)
  return [
    `${format}: ${count(lineCount)} lines${days}`,
    ...(repeatedCount === 0 ? [] : [`  ${count(repeatedCount)} are the same as one before them`]),
    ...refused.slice(0, LINES_SHOWN).map((line) => `  refused ${line.reference}: ${line.reason}`),
    ...(more > 0 ? [`  and ${count(more)} more refused`] : []),
  ]
}

function outcomeOf({ userErrors, isRepeat }: StatementImport, dryRun: boolean): string {
  if (userErrors.length > 0) return userErrors.map(({ code, message }) => `${message} (${code})`).join('\n')
  if (isRepeat) return 'It is there already; nothing was changed.'
  return dryRun ? 'Nothing was stored.' : 'Stored.'
}

function count(number: number): string {
  return number.toLocaleString('en-GB')
}

function readOptions(args: string[]) {
  const { values, positionals } = parse(args)
  const [path, extra] = positionals
  if (path === undefined) throw new CommandFailure('Which file? outlay import-statement FILE')
  if (extra !== undefined) throw new CommandFailure(`One file at a time: "${extra}" is a second one.`)
  const mapping = values.map === undefined ? null : readMappings(values.map, checkField)
  return {
    path,
    ...serverOption(values),
    name: values.name,
    format: formatOf(values.format),
    mapping,
    dryRun: values['dry-run'] ?? false,
    withoutRefused: values['without-refused'] ?? false,
  }
}

function formatOf(text: string | undefined): StatementFormat | null {
  if (text === undefined) return null
  const format = STATEMENT_FORMATS.find((known) => known === text.toUpperCase())
  if (format === undefined) throw new CommandFailure(`--format is one of ${STATEMENT_FORMATS.join(', ')}.`)
  return format
}

function checkField(field: string): void {
  if (!isLineField(field))
    throw new CommandFailure(`--map names no field "${field}"; there are ${LINE_FIELDS.join(', ')}.`)
}

function parse(args: string[]) {
  try {
    const text = { type: 'string' } as const
    const flag = { type: 'boolean' } as const
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...{ url: text, key: text, name: text, format: text, map: { ...text, multiple: true } },
        ...{ 'dry-run': flag, 'without-refused': flag },
      },
    })
  } catch (error) {
    throw new CommandFailure(`${(error as Error).message.split('. ')[0] ?? ''}; see outlay import-statement --help.`)
  }
}
