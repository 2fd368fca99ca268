/** What became of the rows of a file. `unpriced` are among the accepted. */
export type ImportReport = {
  rows: number
  accepted: number
  duplicates: number
  unpriced: number
  rejected: number
  /** The first rejected rows, by line. */
  examples: { line: number; code: string; message: string }[]
}

const EXAMPLES_MAX = 10

export function emptyReport(): ImportReport {
  return { rows: 0, accepted: 0, duplicates: 0, unpriced: 0, rejected: 0, examples: [] }
}

export function addRejected(report: ImportReport, line: number, why: { code: string; message: string }): void {
  report.rejected += 1
  if (report.examples.length < EXAMPLES_MAX) report.examples.push({ line, code: why.code, message: why.message })
}

/** The report as a person reads it. */
export function describeReport(report: ImportReport): string {
  const lines = [
    `${count(report.rows)} rows read`,
    `${count(report.accepted)} accepted${report.unpriced > 0 ? `, of which ${count(report.unpriced)} have no price yet` : ''}`,
    `${count(report.duplicates)} already known`,
    `${count(report.rejected)} rejected`,
    ...report.examples.map(({ line, code, message }) => `  line ${line}: ${message} (${code})`),
  ]
  if (report.rejected > report.examples.length)
    lines.push(`  and ${count(report.rejected - report.examples.length)} more`)
  if (report.examples.some(({ code }) => code === 'CONFLICT')) {
    lines.push(
      'A conflict is a row that was imported before with another --map. If the rows are different events that look the',
      'same, name their origin with --source.',
    )
  }
  return lines.join('\n')
}

function count(number: number): string {
  return number.toLocaleString('en-GB')
}
