import { KNOWN_METERS } from '../usage/meter.ts'
import { fieldProblem, type Mapping, PLAIN_FIELDS } from './field-map.ts'

/**
 * What headings are usually called, without case, spaces and punctuation. The first heading that fits a field has it; names are those of
 * the usage exports of providers and gateways and of the Azure LLM traces.
 */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  id: ['eventid', 'invocationid', 'requestid', 'callid', 'idempotencykey'],
  occurredAt: ['timestamp', 'time', 'datetime', 'date', 'createdat', 'starttime', 'startedat', 'usagedate', 'ts'],
  endedAt: ['endtime', 'finishedat', 'completedat'],
  agent: ['agentname', 'agentkey', 'agentid', 'service'],
  task: ['taskid', 'taskkey', 'taskname', 'job', 'sessionid'],
  client: ['clientid', 'clientkey', 'clientname', 'customer', 'customerid', 'account'],
  project: ['projectid', 'projectkey', 'projectname', 'matter'],
  trace: ['traceid'],
  span: ['spanid'],
  parentSpan: ['parentid', 'parentspanid'],
  provider: ['vendor', 'llmprovider'],
  resource: ['model', 'modelname', 'modelid', 'deployment'],
  'reportedCost.amount': ['cost', 'amount', 'totalcost', 'spend'],
  'reportedCost.currency': ['currency', 'costcurrency'],
  'usage.input_tokens': ['prompttokens', 'contexttokens', 'tokensin', 'prompt', 'input', 'numprompttokens'],
  'usage.output_tokens': ['completiontokens', 'generatedtokens', 'tokensout', 'completion', 'output'],
  'usage.cache_read_tokens': ['cachereadinputtokens', 'cachedtokens', 'cachedinputtokens'],
  'usage.cache_write_tokens': ['cachecreationinputtokens', 'cachecreationtokens'],
  'usage.requests': ['nummodelrequests', 'requestcount', 'calls'],
}

const FIELD_OF: ReadonlyMap<string, string> = new Map([
  ...PLAIN_FIELDS.map((field): [string, string] => [plain(field), field]),
  ...KNOWN_METERS.map(({ name }): [string, string] => [plain(name), `usage.${name}`]),
  ...Object.entries(NAMES).flatMap(([field, names]) => names.map((name): [string, string] => [name, field])),
])

function plain(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

/**
 * A map for a file by its headings: one mapping for each column whose name says what it is, in the order of the columns. A column called
 * `usage.<meter>` or `qualifiers.<name>` is that. A cost without a column for its currency is left out, since nobody knows of what it is.
 *
 *     guessMap(['TIMESTAMP', 'ContextTokens', 'GeneratedTokens', 'Note'])
 *     // occurredAt from TIMESTAMP, usage.input_tokens from ContextTokens, usage.output_tokens from GeneratedTokens
 */
export function guessMap(columns: readonly string[]): Mapping[] {
  const taken = new Set<string>()
  const mappings = columns.flatMap((column): Mapping[] => {
    const field = fieldOf(column)
    if (field === null || taken.has(field)) return []
    taken.add(field)
    return [{ field, source: { kind: 'column', column } }]
  })
  const isCostWhole = taken.has('reportedCost.amount') && taken.has('reportedCost.currency')
  return isCostWhole ? mappings : mappings.filter(({ field }) => !field.startsWith('reportedCost.'))
}

function fieldOf(column: string): string | null {
  if (/^(usage|qualifiers)\./.test(column) && fieldProblem(column) === null) return column
  return FIELD_OF.get(plain(column)) ?? null
}
