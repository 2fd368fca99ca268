import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { DomainError } from '@outlay/domain/errors'
import { SingleBar } from 'cli-progress'
import { parseColumnMap, requireColumns } from './column-map.ts'
import { CommandFailure } from './failure.ts'
import { describeReport } from './import-report.ts'
import { type ImportOptions, importRows, items } from './import-rows.ts'
import { openRows, type RowFile } from './read-rows.ts'
import { Sender } from './send-batch.ts'
import { countOption, missingKey, serverOption } from './server-option.ts'

export const importUsage = `outlay import FILE --map FIELD=COLUMN … --key KEY [--url URL]

Sends the rows of a CSV file as invocations. Repeating the command sends nothing twice: rows are known by their content.

  --map FIELD=COLUMN   a field of the invocation from a column, by its heading
  --map FIELD==TEXT    the same text for every row
                       Fields: occurredAt (needed), usage.<meter> (at least one), id, agent, task, client, project,
                       provider, resource, name, kind, trace, span, parentSpan, sharedKey, failure, endedAt,
                       reportedCost.amount, reportedCost.currency, qualifiers.<name>
  --url URL            the server (default OUTLAY_URL, else http://127.0.0.1:4000)
  --key KEY            an API key with the scope "ingest" (default OUTLAY_API_KEY)
  --batch-size N       rows in one request, 1 to 10000 (default 2000)
  --source NAME        tells this file's rows apart from equal rows of another origin
  --dry-run            shows the first three invocations and sends nothing

Times without a zone are read as UTC, to the microsecond.

Example:
  npm run outlay -- import azure-llm-2023-code.csv --key outl_test_… \\
    --map occurredAt=TIMESTAMP --map usage.input_tokens=ContextTokens --map usage.output_tokens=GeneratedTokens \\
    --map agent==coding --map provider==openai --map resource==gpt-4o`

type Context = { folder: string; print: (text: string) => void; isTerminal: boolean }

/** `outlay import`; answers the exit code: 1 when a row was rejected, so that a script notices. */
export async function importCommand(args: string[], context: Context): Promise<number> {
  const options = readOptions(args)
  const mappings = parseColumnMap(options.map)
  const file = await openRows(resolve(context.folder, options.path))
  requireColumns(mappings, file.columns)
  const plan = { mappings, source: options.source, batchSize: options.batchSize }
  if (options.dryRun) return dryRun(file, plan, context)

  const key = options.key ?? missingKey()
  const report = await importWithProgress(file, new Sender({ url: options.url, key }), plan, context)
  context.print(describeReport(report))
  return report.rejected > 0 ? 1 : 0
}

async function importWithProgress(file: RowFile, sender: Sender, plan: ImportOptions, context: Context) {
  if (!context.isTerminal) return importRows(file, sender, plan)
  const bar = new SingleBar({ format: '{bar} {percentage} % · {rows} rows · {eta_formatted} left', hideCursor: true })
  bar.start(file.sizeBytes, 0, { rows: 0 })
  try {
    return await importRows(file, sender, { ...plan, onProgress: ({ bytes, rows }) => bar.update(bytes, { rows }) })
  } finally {
    bar.stop()
  }
}

async function dryRun(file: RowFile, plan: ImportOptions, { print }: Context): Promise<number> {
  let shown = 0
  for await (const { row, item } of items(file, plan)) {
    print(item instanceof DomainError ? `line ${row.line}: ${item.message}` : JSON.stringify(item, null, 2))
    shown += 1
    if (shown === 3) break
  }
  print(shown === 0 ? 'The file has no rows.' : 'Nothing was sent.')
  return 0
}

function readOptions(args: string[]) {
  const { values, positionals } = parse(args)
  const [path, extra] = positionals
  if (path === undefined) throw new CommandFailure('Which file? outlay import FILE --map …')
  if (extra !== undefined) throw new CommandFailure(`One file at a time: "${extra}" is a second one.`)
  const batchSize = countOption('--batch-size', values['batch-size'] ?? '2000', { min: 1, max: 10_000 })
  return {
    path,
    map: values.map ?? [],
    ...serverOption(values),
    batchSize,
    source: values.source ?? '',
    dryRun: values['dry-run'] ?? false,
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        map: { type: 'string', multiple: true },
        url: { type: 'string' },
        key: { type: 'string' },
        'batch-size': { type: 'string' },
        source: { type: 'string' },
        'dry-run': { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new CommandFailure(`${(error as Error).message.split('. ')[0] ?? ''}; see outlay import --help.`)
  }
}
