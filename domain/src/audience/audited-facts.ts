/** A value as JSON holds it. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

const REDACTED = '[redacted]'
/** Of a text, a list and a record, what is kept; the log is for reading, the thing itself is stored elsewhere. */
const TEXT_MAX = 500
const ITEMS_MAX = 50
const DEPTH_MAX = 10

const SECRET = /^(password|secret|token)$|(Password|Secret|Token)$/

/**
 * The input of a change as the audit log keeps it: without passwords, secrets and tokens, without the address of a hook (which is one), and
 * cut to what a person reads: 500 characters of a text, 50 items of a list or record.
 *
 *     auditedFacts({ input: { name: 'Ops', kind: 'SLACK', target: 'https://hooks…' } })
 *     // { input: { name: 'Ops', kind: 'SLACK', target: '[redacted]' } }
 */
export function auditedFacts(input: unknown): Json {
  return factOf(input, DEPTH_MAX)
}

function factOf(value: unknown, depth: number): Json {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return cut(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'boolean') return value
  if (typeof value !== 'object') return cut(String(value))
  if (depth === 0) return '…'
  if (Array.isArray(value)) return listOf(value, depth)
  return recordOf(value as Record<string, unknown>, depth)
}

function cut(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}… (${text.length} characters)`
}

function listOf(items: readonly unknown[], depth: number): Json[] {
  const kept = items.slice(0, ITEMS_MAX).map((item) => factOf(item, depth - 1))
  return items.length <= ITEMS_MAX ? kept : [...kept, `… and ${items.length - ITEMS_MAX} more`]
}

function recordOf(record: Record<string, unknown>, depth: number): Json {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined)
  const kept = entries.slice(0, ITEMS_MAX).map(([name, value]): [string, Json] => {
    const isSecret = SECRET.test(name) || (name === 'target' && record['kind'] !== 'EMAIL')
    return [cut(name), isSecret ? REDACTED : factOf(value, depth - 1)]
  })
  const more: [string, Json][] = entries.length <= ITEMS_MAX ? [] : [['…', `and ${entries.length - ITEMS_MAX} more`]]
  return Object.fromEntries([...kept, ...more])
}

/** Names by which inputs say what they change, the most telling first. */
const NAMING = ['id', 'key', 'poolId', 'previewId', 'month', 'version', 'email', 'name'] as const

/**
 * What a change is of, by the id or key that its input names; null when it names none.
 *
 *     subjectOf({ id: 'bdg_0…' })                 // 'bdg_0…'
 *     subjectOf({ input: { month: '2026-10-01' }}) // '2026-10-01'
 */
export function subjectOf(input: Readonly<Record<string, unknown>>): string | null {
  const inner = input['input']
  const records = [input, ...(typeof inner === 'object' && inner !== null ? [inner as Record<string, unknown>] : [])]
  for (const name of NAMING) {
    for (const record of records) {
      const value = record[name]
      if (typeof value === 'string' && value.trim() !== '') return cut(value)
    }
  }
  return null
}
