/** Where a field of a provider's line comes from: a column, or one text for all lines. */
export interface LineSource {
  field: string
  column: string | null
  text: string | null
}

/** What became of a file, or would; the answer of POST /v1/statements, exact numbers as texts. */
export interface StatementAnswer {
  format: string
  statement: { id: string; lastDay: string } | null
  isRepeat: boolean
  lineCount: number
  repeatedCount: number
  firstDay: string | null
  lastDay: string | null
  lines: readonly {
    reference: string
    provider: string
    day: string
    resource: string | null
    meter: string | null
    kind: string
    quantity: string | null
    amount: string | null
    currency: string | null
  }[]
  refusedCount: number
  refused: readonly { reference: string; reason: string }[]
  columns: readonly string[]
  mapping: readonly LineSource[]
  userErrors: readonly { code: string; message: string }[]
}

export interface StatementWish {
  name: string
  /** Null: told by what stands in the file. */
  format: string | null
  /** Null: guessed by the headings. */
  mapping: readonly LineSource[] | null
  dryRun: boolean
  withoutRefused: boolean
}

/**
 * The address that a file is sent to with a wish.
 *
 *     statementAddress({ name: 'October', format: null, mapping: null, dryRun: true, withoutRefused: false })
 *     // '/v1/statements?name=October&dryRun=true&withoutRefused=false'
 */
export function statementAddress({ name, format, mapping, dryRun, withoutRefused }: StatementWish): string {
  const query = new URLSearchParams({ name, dryRun: String(dryRun), withoutRefused: String(withoutRefused) })
  if (format !== null) query.set('format', format)
  if (mapping !== null) {
    const sources = mapping.map(({ field, column, text }) => (column === null ? { field, text } : { field, column }))
    query.set('mapping', JSON.stringify(sources))
  }
  return `/v1/statements?${query.toString()}`
}

/** The map with another source of a field; an empty one takes the field out. */
export function withSource(mapping: readonly LineSource[], source: LineSource): LineSource[] {
  const others = mapping.filter(({ field }) => field !== source.field)
  return (source.column ?? '') === '' && (source.text ?? '') === '' ? others : [...others, source]
}

/** Sends a file as it is. Throws an error with the server's own words. */
export async function sendStatement(file: Blob, wish: StatementWish): Promise<StatementAnswer> {
  const response = await fetch(statementAddress(wish), {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: file,
  })
  const answer = (await response.json()) as StatementAnswer & { error?: { message: string } }
  if (!response.ok) throw new Error(answer.error?.message ?? `The server answered ${response.status}.`)
  return answer
}
