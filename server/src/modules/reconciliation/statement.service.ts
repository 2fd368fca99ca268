import { readStatement, readStatements, type StatementRecord } from '@outlay/db/sql/read-reconciliation'
import type { Mapping } from '@outlay/domain/csv-import/field-map'
import { DomainError } from '@outlay/domain/errors'
import { checkNote } from '@outlay/domain/invocation/reason'
import { guessLineMap } from '@outlay/domain/reconciliation/line-map'
import {
  lineContent,
  type ProviderLine,
  type ReadStatement,
  type RefusedLine,
  type StatementFormat,
} from '@outlay/domain/reconciliation/provider-line'
import { readAnthropicCost, readAnthropicUsage } from '@outlay/domain/reconciliation/read-anthropic'
import { readFocusLines, readMappedLines, type CsvTable } from '@outlay/domain/reconciliation/read-csv-lines'
import { readOpenAiCosts, readOpenAiUsage } from '@outlay/domain/reconciliation/read-openai'
import { actorOf } from '../../graphql/actor.ts'
import type { Context } from '../../graphql/context.ts'
import { readCsv } from '../pool/read-csv.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

/** Longest text of a statement that comes by GraphQL; a person's whole request may have 256 KB. */
const TEXT_MAX = 3_500_000
/** Lines and refusals that an answer shows; the counts tell how many there are. */
export const SHOWN_MAX = 50
const NAME_MAX = 200

export interface ImportInput {
  name: string
  format: StatementFormat
  text: string
  mapping?: readonly { field: string; column?: string | null; text?: string | null }[] | null
  dryRun: boolean
  withoutRefused: boolean
}

export interface ImportSource {
  /** The statement as it is stored; null where nothing was. */
  statement: StatementRecord | null
  isRepeat: boolean
  lines: ProviderLine[]
  refused: RefusedLine[]
  columns: string[]
  mapping: Mapping[]
  userErrors: UserErrorSource[]
}

const NOTHING: Omit<ImportSource, 'userErrors'> = {
  statement: null,
  isRepeat: false,
  lines: [],
  refused: [],
  columns: [],
  mapping: [],
}

export function listStatements({ db }: Context): Promise<StatementRecord[]> {
  return readStatements(db)
}

/**
 * Reads a provider's file and stores it, unless it is a dry run. A file that is there already is told so and changes nothing. With a line
 * refused nothing is stored, unless the others are asked for alone.
 */
export async function importStatement(
  context: Context,
  input: ImportInput,
  { textMax = TEXT_MAX }: { textMax?: number } = {},
): Promise<ImportSource> {
  const { services, tenant, db } = context
  let read: ReadFile
  let name: string
  try {
    name = checkName(input.name)
    read = readFile(input, textMax)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const field = ['input', error.field ?? 'text']
    return { ...NOTHING, ...csvOf(input), userErrors: [{ code: error.code, message: error.message, field }] }
  }
  const { lines, refused } = read
  const known = await services.reconciliation.findImported(tenant.id, input.text)
  if (known !== null) return { ...read, statement: await readStatement(db, known), isRepeat: true, userErrors: [] }
  const userErrors = problemsOf(read, input)
  if (input.dryRun || userErrors.length > 0) return { ...read, statement: null, isRepeat: false, userErrors }
  const wish = { name, format: input.format, text: input.text, lines, by: await actorOf(context) }
  const { statementId, isRepeat } = await services.reconciliation.importStatement(tenant.id, wish)
  return { ...read, refused, statement: await readStatement(db, statementId), isRepeat, userErrors: [] }
}

function problemsOf({ lines, refused }: ReadStatement, { withoutRefused }: ImportInput): UserErrorSource[] {
  const [first] = refused
  if (first !== undefined && !withoutRefused) {
    const message = `${refused.length} of ${refused.length + lines.length} lines cannot be read; ${first.reference}: ${first.reason}`
    return [{ code: 'REFUSED_LINES', message, field: ['input', 'text'] }]
  }
  if (lines.length > 0) return []
  return [{ code: 'NO_LINES', message: 'There is no line in it.', field: ['input', 'text'] }]
}

/** How many lines are the same as another one before them. */
export function repeatedLines(lines: readonly ProviderLine[]): number {
  return lines.length - new Set(lines.map(lineContent)).size
}

function checkName(text: string): string {
  const name = checkNote(text, 'name')
  if (name === null)
    throw new DomainError('MISSING_FIELD', 'A statement needs a name, such as that of its file.', 'name')
  if (name.length > NAME_MAX)
    throw new DomainError('INVALID_FIELD', `A name has at most ${NAME_MAX} characters.`, 'name')
  return name
}

type ReadFile = ReadStatement & Pick<ImportSource, 'columns' | 'mapping'>

/** Throws DomainError where the whole file cannot be read. */
function readFile(input: ImportInput, textMax: number): ReadFile {
  const { format, text } = input
  if (text.length > textMax) {
    const message = `The file has ${text.length} characters; the most is ${textMax}. Send it in parts.`
    throw new DomainError('TOO_LARGE', message, 'text')
  }
  // Postgres keeps no NUL in a text.
  if (text.includes('\u0000')) throw new DomainError('INVALID_FIELD', 'The file is no text.', 'text')
  const none = { columns: [], mapping: [] }
  if (format === 'OPENAI_COSTS') return { ...readOpenAiCosts(text), ...none }
  if (format === 'OPENAI_USAGE') return { ...readOpenAiUsage(text), ...none }
  if (format === 'ANTHROPIC_COST') return { ...readAnthropicCost(text), ...none }
  if (format === 'ANTHROPIC_USAGE') return { ...readAnthropicUsage(text), ...none }
  const table = tableOf(text)
  const columns = [...table.columns]
  if (format === 'FOCUS_CSV') return { ...readFocusLines(table), columns, mapping: [] }
  format satisfies 'CSV'
  const mapping = mappingOf(input, columns)
  return { ...readMappedLines(table, mapping), columns, mapping }
}

/** Columns and map of a CSV that could not be read, so that the map can be mended. */
function csvOf(input: ImportInput): Pick<ImportSource, 'columns' | 'mapping'> {
  try {
    if (input.format !== 'CSV') return { columns: [], mapping: [] }
    const columns = [...tableOf(input.text).columns]
    return { columns, mapping: mappingOf(input, columns) }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { columns: [], mapping: [] }
  }
}

function tableOf(text: string): CsvTable {
  const file = readCsv(text)
  if ('problem' in file) throw new DomainError('INVALID_CSV', file.problem, 'text')
  return { columns: file.headings.map((heading) => heading.trim()), rows: file.rows }
}

/** The map that was given, or one guessed by the headings. */
function mappingOf({ mapping }: ImportInput, columns: readonly string[]): Mapping[] {
  if (mapping == null) return guessLineMap(columns)
  return mapping.map(({ field, column, text }) => {
    if ((column == null) === (text == null)) {
      throw new DomainError('INVALID_MAP', `${field} comes from a column, or is one text: say one of them.`, 'mapping')
    }
    return {
      field,
      source: column == null ? { kind: 'constant', text: text ?? '' } : { kind: 'column', column },
    }
  })
}

export async function removeStatement(
  { services, tenant }: Context,
  statementId: string,
): Promise<{ userErrors: UserErrorSource[] }> {
  const isRemoved = await services.reconciliation.removeStatement(tenant.id, statementId)
  if (isRemoved) return { userErrors: [] }
  return { userErrors: [{ code: 'NOT_FOUND', message: 'There is no such statement.', field: ['id'] }] }
}
