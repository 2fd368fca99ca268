/**
 * The name of a mutation in words.
 *
 *     actionText('setCostPoolAmount') // 'Set cost pool amount'
 *     actionText('createApiKey')      // 'Create API key'
 */
export function actionText(action: string): string {
  const words = action
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\bapi\b/g, 'API')
    .replace(/\bfx\b/g, 'FX')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/**
 * What was given, a line for each value, by the path to it; `input` itself is left out of the path, and what was not given too.
 *
 *     factLines({ input: { name: 'Ops', amount: { amount: '12.34' } } }) // ['name: Ops', 'amount.amount: 12.34']
 */
export function factLines(facts: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(facts).flatMap(([name, value]) =>
    name === 'input' && isRecord(value)
      ? Object.entries(value).flatMap(([inner, one]) => linesOf(inner, one))
      : linesOf(name, value),
  )
}

function linesOf(path: string, value: unknown): string[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) {
    if (value.length === 0) return []
    if (value.every((item) => typeof item !== 'object' || item === null)) return [`${path}: ${value.join(', ')}`]
    return value.flatMap((item, index) => linesOf(`${path}.${index}`, item))
  }
  if (isRecord(value)) return Object.entries(value).flatMap(([name, one]) => linesOf(`${path}.${name}`, one))
  return [`${path}: ${typeof value === 'string' ? value : JSON.stringify(value)}`]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
