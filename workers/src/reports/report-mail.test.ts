import { describe, expect, it } from '@jest/globals'
import type { ReportMail } from '@outlay/db/reports/report-deliveries'
import { reportMailOf, sendReport } from './report-mail.ts'

const mail: ReportMail = {
  deliveryId: '0190d6a0-0000-7000-8000-000000000001',
  recipient: 'ada@example.com',
  title: 'Finance pack',
  issuer: 'Example Firm',
  currency: 'GBP',
  kind: 'FINANCE_PACK',
  from: '2026-10-01',
  to: '2026-11-01',
  number: 1,
  headline: [
    { label: 'Fleet cost', value: { kind: 'money', exact: '1234.565' }, note: '+4.1 % on September' },
    { label: 'Attributed', value: { kind: 'percent', exact: '96.8' }, note: null },
    { label: 'Cost per task', value: { kind: 'money', exact: '0.000123' }, note: null },
    { label: 'Margin', value: { kind: 'unknown', reason: 'nothing was billed' }, note: null },
  ],
  token: 'ten_0~secret',
  linkDays: 30,
}
const where = { publicUrl: 'https://outlay.example.com', domain: 'example.com' }

describe('the mail of an edition', () => {
  it('has the headline figures, the link and one Message-ID', () => {
    expect(reportMailOf(mail, where)).toEqual({
      to: 'ada@example.com',
      subject: 'Finance pack, 2026-10-01 to 2026-10-31',
      text: [
        'Finance pack, 2026-10-01 to 2026-10-31.',
        '',
        'Fleet cost: 1234.56 GBP (+4.1 % on September)',
        'Attributed: 96.80 %',
        'Cost per task: 0.000123 GBP',
        'Margin: n/a, nothing was billed',
        '',
        'https://outlay.example.com/r/ten_0~secret',
        'The link opens this report for 30 days, to whoever has it; pass it on only to who may read the report.',
        '',
        'Sent by Example Firm with Outlay.',
      ].join('\n'),
      messageId: expect.stringMatching(/^<rdl_[0-9a-z]{26}@example\.com>$/),
    })
  })

  it('has no figure for who is not known to be allowed to read them, and says which edition it restates', () => {
    const { subject, text } = reportMailOf({ ...mail, headline: [], number: 3 }, where)
    expect(subject).toBe('Finance pack, 2026-10-01 to 2026-10-31, edition 3')
    expect(text).toContain('This is edition 3: it restates edition 2.')
    expect(text).not.toContain('GBP')
  })

  it('has no link where the installation has no address', () => {
    expect(reportMailOf(mail, { ...where, publicUrl: null }).text).not.toContain('/r/')
  })

  it('that is not taken says why', async () => {
    const mailer = { send: () => Promise.reject(new Error('connect ECONNREFUSED')) }
    expect(await sendReport(mail, { mailer, mailDomain: 'example.com', publicUrl: null })).toBe('connect ECONNREFUSED')
  })
})
