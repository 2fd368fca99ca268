import { DomainError, quoted } from '@outlay/domain/errors'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import type { ExportKind } from './export-kind.ts'
import { EXPORT_KINDS, exportKind } from './kinds.ts'

/** Which rows of a kind. */
export interface ExportQuestion {
  kind: ExportKind
  /** Null where the kind is not of a period. */
  range: DateRange | null
  /** Lists of texts by the names of the kind's filters. */
  filter: ExportFilter
}

export type ExportFilter = Readonly<Record<string, readonly string[]>>

/** What is asked for, as it came in or as a job keeps it. */
export interface ExportWish {
  kind: string
  range: DateRange | null
  filter: ExportFilter
}

/** Keys of one filter. */
const KEYS_MAX = 1_000

/** A question that can be answered. Throws DomainError NOT_FOUND, MISSING_FIELD, INVALID_FIELD and TOO_MANY_ITEMS with the field. */
export function checkedQuestion({ kind: name, range, filter }: ExportWish): ExportQuestion {
  const kind = exportKind(name)
  if (kind === null) {
    const known = EXPORT_KINDS.map((one) => one.name).join(', ')
    throw new DomainError('NOT_FOUND', `There is no export of ${quoted(name)}; there are ${known}.`, 'kind')
  }
  if (kind.isOfPeriod && range === null) {
    throw new DomainError('MISSING_FIELD', `${kind.label} are of a period: which?`, 'range')
  }
  for (const [list, keys] of Object.entries(filter)) checkList(kind, list, keys)
  return { kind, range: kind.isOfPeriod ? range : null, filter }
}

function checkList(kind: ExportKind, list: string, keys: readonly string[]): void {
  if (!Object.hasOwn(kind.filters, list)) {
    const known = Object.keys(kind.filters).join(', ')
    const may = known === '' ? 'has no filters' : `is filtered by ${known}`
    throw new DomainError('INVALID_FIELD', `${kind.label} cannot be filtered by ${quoted(list)}; it ${may}.`, 'filters')
  }
  if (keys.length > KEYS_MAX) {
    throw new DomainError('TOO_MANY_ITEMS', `${keys.length} values of ${list}; the most is ${KEYS_MAX}.`, 'filters')
  }
  if (keys.some((key) => key.includes('\u0000'))) {
    throw new DomainError('INVALID_FIELD', `A value of ${list} holds what no name holds.`, 'filters')
  }
}
