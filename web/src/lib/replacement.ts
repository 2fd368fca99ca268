import type { InvocationReplacementInput } from '../generated/graphql.ts'
import { readAmountInput } from './amount-input.ts'
import { compareDecimals } from './format.ts'

const TEXTS = ['provider', 'resource', 'agent', 'task', 'client', 'project'] as const
type TextField = (typeof TEXTS)[number]

/** What a replacement starts from: the event as it was recorded. */
export interface ReplacementFields {
  texts: Readonly<Record<TextField, string>>
  usage: readonly { meter: string; quantity: string }[]
}

export const REPLACEABLE: readonly { name: TextField; label: string }[] = [
  { name: 'provider', label: 'Provider' },
  { name: 'resource', label: 'Resource' },
  { name: 'agent', label: 'Agent' },
  { name: 'task', label: 'Task' },
  { name: 'client', label: 'Client' },
  { name: 'project', label: 'Project' },
]

/**
 * Only what the form changes: a field that is left out keeps its value, an emptied one is cleared, and the usage is replaced whole. A
 * sentence where it cannot be read or changes nothing.
 */
export function readReplacement(
  original: ReplacementFields,
  value: (name: string) => string,
): InvocationReplacementInput | string {
  const replacement: InvocationReplacementInput = {}
  for (const name of TEXTS) {
    const text = value(name).trim()
    if (text !== original.texts[name]) replacement[name] = text === '' ? null : text
  }
  const usage: { meter: string; quantity: string }[] = []
  for (const { meter } of original.usage) {
    const quantity = readAmountInput(value(`quantity.${meter}`))
    if (quantity === null) return `Write the quantity of ${meter} like 48,200.`
    usage.push({ meter, quantity })
  }
  const isOther = usage.some(
    ({ quantity }, index) => compareDecimals(quantity, original.usage[index]?.quantity ?? '0') !== 0,
  )
  if (isOther) replacement.usage = usage
  return Object.keys(replacement).length === 0 ? 'Nothing differs from the event as it is.' : replacement
}
