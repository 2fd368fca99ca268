import { ByteWriter, ParquetWriter, type ColumnSource, type SchemaElement } from 'hyparquet-writer'
import { DomainError } from '@outlay/domain/errors'
import type { ExportRow } from '@outlay/domain/export/table'
import { parseFixed18 } from '@outlay/domain/money/fixed18'

/**
 * A column of a Parquet file. DECIMAL is DECIMAL(38, 18), exact, as 16 bytes; DATE_TIME an instant in UTC to the millisecond, read from its
 * ISO text; STRING a text of UTF-8.
 */
export interface ParquetColumn {
  name: string
  type: 'STRING' | 'DECIMAL' | 'DATE_TIME'
  /** A cell of it that is null fails the file. */
  isRequired: boolean
}

/** Rows of one row group: what is held in memory at a time. */
const GROUP_ROWS = 2_000

/**
 * A table as the pieces of a Parquet file, one a row group and at last the foot: nothing is kept of what has been sent but where its columns
 * begin. Texts are as they are, without the apostrophe that a CSV puts before formulas. The same rows make the same bytes. Throws
 * DomainError INVALID_DECIMAL for a number of more than 20 digits before the point or 18 after it: none is ever rounded.
 */
export async function* parquetFile({
  columns,
  pages,
  groupRows = GROUP_ROWS,
}: {
  columns: readonly ParquetColumn[]
  pages: AsyncIterable<readonly ExportRow[]>
  /** Rows of a group, to a page; fewer in tests. */
  groupRows?: number
}): AsyncGenerator<Buffer> {
  const writer = new ByteWriter()
  const file = new ParquetWriter({ writer, schema: schemaOf(columns), createdBy: 'Outlay' })
  let group: ExportRow[] = []
  const write = () => {
    // The writer takes groups as they come: without a promise, because nothing is flushed by it.
    void file.write({ columnData: columnData(columns, group), rowGroupSize: group.length })
    group = []
    return taken(writer)
  }
  for await (const rows of pages) {
    group.push(...rows)
    if (group.length >= groupRows) yield write()
  }
  if (group.length > 0) yield write()
  void file.finish()
  yield taken(writer)
}

/** What has been written since; the writer goes on counting offsets of the whole file. */
function taken(writer: ByteWriter): Buffer {
  const bytes = Buffer.from(writer.getBytes())
  writer.index = 0
  return bytes
}

function schemaOf(columns: readonly ParquetColumn[]): SchemaElement[] {
  return [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, type, isRequired }): SchemaElement => ({
      name,
      repetition_type: isRequired ? 'REQUIRED' : 'OPTIONAL',
      ...STORED[type],
    })),
  ]
}

const STORED = {
  STRING: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  DECIMAL: { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, converted_type: 'DECIMAL', precision: 38, scale: 18 },
  DATE_TIME: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' } },
} as const satisfies Record<ParquetColumn['type'], Omit<SchemaElement, 'name'>>

function columnData(columns: readonly ParquetColumn[], rows: readonly ExportRow[]): ColumnSource[] {
  return columns.map((column, at) => ({
    name: column.name,
    nullable: !column.isRequired,
    data: rows.map((row) => valueOf(column, row[at] ?? null)),
  }))
}

function valueOf({ name, type, isRequired }: ParquetColumn, cell: ExportRow[number]): string | bigint | null {
  if (cell === null) {
    if (isRequired) throw new Error(`A cell of ${name} is null.`)
    return null
  }
  const text = typeof cell === 'string' ? cell : cell.number
  if (type === 'STRING') return text
  // A whole number is the value at the scale of the column: 10^18, as Fixed18 is.
  if (type === 'DECIMAL') return parseFixed18(text)
  const instant = Date.parse(text)
  if (Number.isNaN(instant)) throw new DomainError('INVALID_FIELD', `${text} is no instant.`, name)
  return BigInt(instant)
}
