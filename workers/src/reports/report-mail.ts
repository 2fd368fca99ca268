import type { ReportMail } from '@outlay/db/reports/report-deliveries'
import { idText } from '@outlay/domain/ids/id-text'
import { formatFixed18, parseFixed18, roundHalfEven } from '@outlay/domain/money/fixed18'
import { addDays } from '@outlay/domain/periods/calendar-date'
import type { ReportCell } from '@outlay/domain/reports/document'
import type { SendTools } from '../delivery/send.ts'
import type { Mail } from '../mail/mailer.ts'
import { within } from '../within.ts'

/** The row is locked meanwhile; after a minute Postgres would end a transaction that waits. */
const MAIL_MS_MAX = 30_000
const ERROR_LENGTH_MAX = 500

/** What sending needs of the installation. */
export type ReportMailTools = Pick<SendTools, 'mailer' | 'mailDomain' | 'sealer' | 'publicUrl'>

/** Sends the mail of an edition; null when it was taken, else why not. Never throws: what goes wrong is what the delivery log is for. */
export async function sendReport(
  mail: ReportMail,
  { mailer, mailDomain, publicUrl }: Pick<ReportMailTools, 'mailer' | 'mailDomain' | 'publicUrl'>,
): Promise<string | null> {
  try {
    await within(MAIL_MS_MAX, mailer.send(reportMailOf(mail, { publicUrl, domain: mailDomain })))
    return null
  } catch (error) {
    return ((error as Error).message || String(error)).slice(0, ERROR_LENGTH_MAX)
  }
}

/**
 * The mail of an edition as text: its headline figures, where the recipient may have them, and its link. It has one Message-ID however often it
 * is sent. Without an address of its own the installation makes no links, and the mail says where the report is.
 */
export function reportMailOf(
  mail: ReportMail,
  { publicUrl, domain }: { publicUrl: string | null; domain: string },
): Mail {
  const { title, issuer, from, to, number, currency, headline, token, linkDays } = mail
  const days = `${from} to ${addDays(to, -1)}`
  const figures = headline.map(
    ({ label, value, note }) => `${label}: ${cellText(value, currency)}${note === null ? '' : ` (${note})`}`,
  )
  const where =
    publicUrl === null
      ? ['It is on the page Reports of Outlay.']
      : [
          `${publicUrl}/r/${token}`,
          `The link opens this report for ${linkDays} days, to whoever has it; pass it on only to who may read the report.`,
        ]
  const parts = [
    [`${title}, ${days}.`, number === 1 ? '' : `This is edition ${number}: it restates edition ${number - 1}.`],
    figures,
    where,
    [`Sent by ${issuer} with Outlay.`],
  ]
  return {
    to: mail.recipient,
    subject: `${title}, ${days}${number === 1 ? '' : `, edition ${number}`}`,
    text: parts
      .map((lines) => lines.filter((line) => line !== '').join('\n'))
      .filter((part) => part !== '')
      .join('\n\n'),
    messageId: `<${idText('rdl', mail.deliveryId)}@${domain}>`,
  }
}

/** A number as a mail shows it: money and percentages to two decimals; the file of the report has them exactly. */
function cellText(cell: ReportCell, currency: string): string {
  switch (cell.kind) {
    case 'text':
      return cell.text
    case 'date':
      return cell.date
    case 'unknown':
      return `n/a, ${cell.reason}`
    case 'money':
      return `${rounded(cell.exact)} ${currency}`
    case 'percent':
      return `${rounded(cell.exact)} %`
    case 'quantity':
      return cell.exact
    default:
      return cell satisfies never
  }
}

/** Two decimals; what would be 0.00 and is not, as it is. */
function rounded(exact: string): string {
  const value = parseFixed18(exact)
  const two = roundHalfEven(value, 2)
  return two === 0n && value !== 0n ? exact : formatFixed18(two, 2)
}
