const LEVELS: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' }

/** Fields that say nothing at a terminal where each line already names its process. */
const UNTOLD = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'name', 'err'])

/**
 * A child's line for the terminal. A structured log line becomes readable, anything else stays as it is.
 *
 *     formatLogLine('server', '{"level":40,"msg":"slow query","ms":900}') // 'server  warn  slow query  ms=900'
 */
export function formatLogLine(name: string, line: string): string {
  const record = parseRecord(line)
  if (record === null) return `${name}  ${line}`
  const rest = Object.entries(record)
    .filter(([field]) => !UNTOLD.has(field))
    .map(([field, value]) => `${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const level = LEVELS[record.level as number] ?? 'info'
  const told = [name, level, ...(record.msg === undefined ? [] : [String(record.msg)]), ...rest].join('  ')
  const stack = (record.err as { stack?: unknown } | undefined)?.stack
  return typeof stack === 'string' ? `${told}\n${stack}` : told
}

function parseRecord(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && 'level' in value ? { ...value } : null
  } catch {
    return null
  }
}
