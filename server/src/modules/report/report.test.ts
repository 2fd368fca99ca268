import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sealer } from '@outlay/db/channels/seal'
import { testSecret } from '@outlay/db/embedded/test-database'
import { dueReportDeliveries, tryReportDelivery, type ReportMail } from '@outlay/db/reports/report-deliveries'
import { runReport } from '@outlay/db/reports/run-report'
import { takeDueTicks } from '@outlay/db/reports/take-due-ticks'
import { mailServer } from '@outlay/workers/mail/mail-test-kit'
import { openMailer } from '@outlay/workers/mail/mailer'
import { renderReport } from '@outlay/workers/reports/render'
import { sendReport } from '@outlay/workers/reports/report-mail'
import { uuidOf } from '../../graphql/ids.ts'
import { ask, startTestServer, type Answer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer
let tenant: TestTenant
let other: TestTenant
let finance: string
let manager: string
let viewer: string
let stranger: string

const MARCH = { from: '2026-03-01', to: '2026-04-01' }

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant()
  other = await test.tenant()
  for (const each of [tenant, other]) {
    const { errors } = await each.ask(
      `mutation { recordInvocations(input: { invocations: [
        { id: "1", occurredAt: "2026-03-02T10:00:00Z", kind: MODEL, agent: "coder", client: "north", usage: [{ meter: "input_tokens", quantity: "7" }] }
      ] }) { accepted } }`,
    )
    expect(errors).toEqual([])
  }
  ;[finance, manager, viewer, stranger] = await Promise.all([
    tenant.signedIn('FINANCE'),
    tenant.signedIn('PROJECT_MANAGER'),
    tenant.signedIn('VIEWER'),
    other.signedIn('OWNER'),
  ])
}, 60_000)

afterAll(() => test.close())

const as = (cookie: string, query: string, variables: Record<string, unknown> = {}): Promise<Answer> =>
  ask(test.url, { cookie }, query, variables)

interface Payload {
  report: { id: string } | null
  schedule: { id: string } | null
  edition: { id: string } | null
  userErrors: { code: string; message: string; field: string[] | null }[]
}

/** Runs one mutation and answers its payload. */
async function change(
  cookie: string,
  call: string,
  variables: Record<string, unknown>,
  fields: string,
): Promise<Payload> {
  const types: Record<string, string> = { id: 'ID!', input: `${call.charAt(0).toUpperCase()}${call.slice(1)}Input!` }
  const names = Object.keys(variables)
  const declared = names.map((name) => `$${name}: ${types[name]}`).join(', ')
  const given = names.map((name) => `${name}: $${name}`).join(', ')
  const query = `mutation (${declared}) { done: ${call}(${given}) { ${fields} userErrors { code message field } } }`
  const { errors, data } = await as(cookie, query, variables)
  expect(errors).toEqual([])
  return (data as never as { done: Payload }).done
}

const refusalOf = (payload: Payload): string[] =>
  payload.userErrors.map(({ code, field }) => `${code} ${(field ?? []).join('.')}`)

const request = (cookie: string, input: Record<string, unknown> = {}) =>
  change(cookie, 'requestReport', { input: { kind: 'FINANCE_PACK', range: MARCH, ...input } }, 'report { id }')

interface Edition {
  id: string
  number: number
  restates: number | null
  sha256: string
  files: { format: string; sha256: string; download: string }[]
  deliveries: { recipient: string; state: string; linkId: string | null; views: number; linkRevokedBy: string | null }[]
  bridge: { from: number } | null
}

async function read(
  cookie: string,
  id: string,
): Promise<{ runs: { id: string; state: string }[]; editions: Edition[] } | null> {
  const { data } = await as(
    cookie,
    `query ($id: ID!) { report(id: $id) { runs { id state } editions { id number restates sha256 bridge { from }
      files { format sha256 download } deliveries { recipient state linkId views linkRevokedBy } } } }`,
    { id },
  )
  return (data as never as { report: { runs: { id: string; state: string }[]; editions: Edition[] } | null }).report
}

/** As a worker makes it, with the files that a worker makes. */
async function made(id: string): Promise<Edition> {
  const report = await read(finance, id)
  const runId = uuidOf('ReportRun', report?.runs[0]?.id ?? '', 'id')
  const control = { signal: new AbortController().signal }
  await runReport({ pool: test.server.pool, render: renderReport }, { tenantId: tenant.id, runId }, control)
  const [edition] = (await read(finance, id))?.editions ?? []
  if (edition === undefined) throw new Error('There is no edition.')
  return edition
}

/** The mails that are due, sent. */
async function mails(): Promise<ReportMail[]> {
  const sent: ReportMail[] = []
  const { pool, authPool } = test.server
  for (const ref of await dueReportDeliveries(pool, tenant.id))
    await tryReportDelivery({ pool, auth: authPool, sealer: sealer(testSecret) }, ref, (mail) => {
      sent.push(mail)
      return Promise.resolve(null)
    })
  return sent
}

const fetched = (path: string, headers: Record<string, string> = {}) => fetch(`${test.url}${path}`, { headers })

describe('a report', () => {
  it('has editions whose files are fetched by who may read it, and are what their hash says', async () => {
    const { report, userErrors } = await request(finance)
    expect(userErrors).toEqual([])
    const { files, sha256 } = await made(report?.id ?? '')
    expect(files.map(({ format }) => format)).toEqual(['PDF', 'XLSX', 'CSV', 'HTML'])
    for (const file of files) {
      const response = await fetched(file.download, { cookie: viewer })
      const bytes = Buffer.from(await response.arrayBuffer())
      expect([response.status, createHash('sha256').update(bytes).digest('hex')]).toEqual([200, file.sha256])
      expect(response.headers.get('cache-control')).toBe('no-store')
      if (file.format === 'HTML') expect(bytes.toString('utf8')).toContain(sha256)
      expect((await fetched(file.download, { cookie: stranger })).status).toBe(404)
      expect((await fetched(file.download)).status).toBe(401)
    }
  }, 60_000)

  it('is restated with a reason, and the bridge names the edition before', async () => {
    const { report } = await request(finance)
    const id = report?.id ?? ''
    const before = await made(id)
    const restated = await change(
      finance,
      'restateReport',
      { input: { id, reason: 'A late import.' } },
      'report { id }',
    )
    expect(restated.userErrors).toEqual([])
    const edition = await made(id)
    expect(edition).toMatchObject({
      number: before.number + 1,
      restates: before.number,
      bridge: { from: before.number },
    })
    expect((await read(finance, id))?.editions).toHaveLength(edition.number)
  }, 60_000)

  it('is listed with a cursor, and a statement is nothing for who may not read what is charged', async () => {
    const statement = await request(finance, { kind: 'CLIENT_STATEMENT', clientKey: 'north' })
    expect(statement.userErrors).toEqual([])
    const id = statement.report?.id ?? ''
    expect([await read(viewer, id), (await read(manager, id)) === null]).toEqual([null, false])
    const list = async (cookie: string, after: string | null) => {
      const { data } = await as(
        cookie,
        'query ($after: String) { reports(first: 1, after: $after) { totalCount nodes { kind } pageInfo { endCursor hasNextPage } } }',
        { after },
      )
      return (
        data as never as { reports: { totalCount: number; nodes: { kind: string }[]; pageInfo: { endCursor: string } } }
      ).reports
    }
    const first = await list(finance, null)
    expect(first).toMatchObject({
      totalCount: 2,
      nodes: [{ kind: 'CLIENT_STATEMENT' }],
      pageInfo: { hasNextPage: true },
    })
    expect((await list(finance, first.pageInfo.endCursor)).nodes).toEqual([{ kind: 'FINANCE_PACK' }])
    expect(await list(viewer, null)).toMatchObject({ totalCount: 1, nodes: [{ kind: 'FINANCE_PACK' }] })
  })
})

describe('who may have what made', () => {
  it('is by role and kind, and who does not keep the money sends to readers only', async () => {
    const weekly = { kind: 'PROJECT_WEEKLY', range: { from: '2026-03-02', to: '2026-03-09' } }
    expect(refusalOf(await request(manager))).toEqual(['FORBIDDEN input.kind'])
    expect(refusalOf(await request(manager, weekly))).toEqual([])
    const outside = await request(manager, { ...weekly, recipients: ['someone@example.com'] })
    expect(refusalOf(outside)).toEqual(['FORBIDDEN input.recipients'])
    const schedule = { kind: 'FINANCE_PACK', cron: '0 7 1 * *', periodRule: 'LAST_MONTH', recipients: [] }
    const refused = await change(manager, 'createReportSchedule', { input: schedule }, 'schedule { id }')
    expect(refusalOf(refused)).toEqual(['FORBIDDEN input.kind'])
    const { errors } = await as(
      viewer,
      'mutation ($input: RequestReportInput!) { requestReport(input: $input) { report { id } } }',
      {
        input: weekly,
      },
    )
    expect(errors[0]?.extensions['code']).toBe('FORBIDDEN')
  })

  it('ends at the tenant: ids and keys of another are those of nobody', async () => {
    const { report } = await request(finance)
    const id = report?.id ?? ''
    const { id: editionId } = await made(id)
    await change(finance, 'sendReport', { input: { editionId, recipients: ['a@example.com'] } }, 'edition { id }')
    await mails()
    const linkId = (await read(finance, id))?.editions[0]?.deliveries[0]?.linkId ?? ''
    const terms = { cron: '0 7 1 * *', periodRule: 'LAST_MONTH', recipients: [] }
    const { schedule } = await change(
      finance,
      'createReportSchedule',
      { input: { kind: 'FINANCE_PACK', ...terms } },
      'schedule { id }',
    )
    const scheduleId = schedule?.id ?? ''
    expect(await read(stranger, id)).toBeNull()
    const theirs: [string, Record<string, unknown>, string][] = [
      ['restateReport', { input: { id, reason: 'r' } }, 'report { id }'],
      ['sendReport', { input: { editionId, recipients: ['a@example.com'] } }, 'edition { id }'],
      ['revokeReportLink', { id: linkId }, 'edition { id }'],
      ['changeReportSchedule', { input: { id: scheduleId, ...terms } }, 'schedule { id }'],
      ...['pause', 'resume', 'end'].map(
        (verb): [string, Record<string, unknown>, string] =>
          [...[`${verb}ReportSchedule`, { id: scheduleId }, 'schedule { id }']] as never,
      ),
    ]
    for (const [call, variables, fields] of theirs) {
      const payload = await change(stranger, call, variables, fields)
      expect([call, payload.userErrors.map(({ code }) => code)]).toEqual([call, ['NOT_FOUND']])
    }
    await tenant.ask('mutation { upsertTask(input: { key: "t", client: "only-ours" }) { userErrors { code } } }')
    const statement = { kind: 'CLIENT_STATEMENT', clientKey: 'only-ours' }
    expect(refusalOf(await request(stranger, statement))).toEqual(['NOT_FOUND input.clientKey'])
    const scheduled = await change(
      stranger,
      'createReportSchedule',
      { input: { ...statement, ...terms } },
      'schedule { id }',
    )
    expect(refusalOf(scheduled)).toEqual(['NOT_FOUND input.clientKey'])
  }, 60_000)
})

describe('the link of a mail', () => {
  it('opens the report without signing in, is for nobody to index or keep, and ends when it is revoked', async () => {
    const { report } = await request(finance, { recipients: ['link@example.com'] })
    const id = report?.id ?? ''
    const edition = await made(id)
    const [mail] = await mails()
    const path = `/r/${mail?.token}`
    const page = await fetched(path)
    const html = await page.text()
    expect(page.status).toBe(200)
    expect(html).toContain(edition.sha256)
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    })
    const pdf = await fetched(`${path}/pdf`)
    expect([
      pdf.headers.get('content-type'),
      Buffer.from(await pdf.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ]).toEqual(['application/pdf', '%PDF-'])
    const [delivery] = (await read(finance, id))?.editions[0]?.deliveries ?? []
    expect(delivery).toMatchObject({ recipient: 'link@example.com', state: 'SENT', views: 2 })

    const revoked = await change(finance, 'revokeReportLink', { id: delivery?.linkId }, 'edition { id }')
    expect(revoked.userErrors).toEqual([])
    const [tenantPart = '', secret = ''] = (mail?.token ?? '').split('~')
    const nothing = await Promise.all(
      [path, `${path}/pdf`, `/r/${tenantPart}~${'A'.repeat(43)}`, `/r/${secret}`, `${path}/exe`].map(async (one) => {
        const answer = await fetched(one)
        const headers = Object.fromEntries(answer.headers)
        delete headers['x-request-id']
        delete headers['date']
        return { status: answer.status, headers, body: await answer.text() }
      }),
    )
    // Nobody can tell a link that was from one that never was.
    for (const answer of nothing) expect(answer).toEqual({ ...nothing[0], status: 404 })
    const [after] = (await read(finance, id))?.editions[0]?.deliveries ?? []
    expect(after?.linkRevokedBy).toMatch(/@/)
  }, 60_000)
})

describe('schedules and the weekly mail', () => {
  it('show when they will run, in the time zone of the tenant', async () => {
    const preview = (cron: string) =>
      as(
        viewer,
        'query ($cron: String!) { reportSchedulePreview(cron: $cron, periodRule: LAST_WEEK) { at from to } }',
        { cron },
      )
    const { data } = await preview('0 7 * * 1')
    const runs = (data as never as { reportSchedulePreview: { at: string; from: string; to: string }[] })
      .reportSchedulePreview
    expect(runs).toHaveLength(5)
    for (const { at, from } of runs) expect(Date.parse(at) - Date.parse(from)).toBeGreaterThan(6 * 86_400_000)
    expect((await preview('* * * * *')).errors[0]?.extensions['code']).toBe('BAD_USER_INPUT')
  })

  it('are changed, paused and ended', async () => {
    const terms = { cron: '0 7 1 * *', periodRule: 'LAST_MONTH', recipients: ['Board@example.com'] }
    const created = await change(
      finance,
      'createReportSchedule',
      { input: { kind: 'FINANCE_PACK', ...terms } },
      'schedule { id }',
    )
    const id = created.schedule?.id ?? ''
    const fields = 'schedule { id cron state recipients nextRuns { at } }'
    const changed = await change(
      finance,
      'changeReportSchedule',
      { input: { ...terms, id, cron: '30 9 2 * *' } },
      fields,
    )
    expect(changed.schedule).toMatchObject({ cron: '30 9 2 * *', state: 'ACTIVE', recipients: ['board@example.com'] })
    expect((await change(finance, 'pauseReportSchedule', { id }, fields)).schedule).toMatchObject({
      state: 'PAUSED',
      nextRuns: [],
    })
    expect((await change(finance, 'resumeReportSchedule', { id }, fields)).schedule).toMatchObject({ state: 'ACTIVE' })
    expect((await change(finance, 'endReportSchedule', { id }, fields)).schedule).toMatchObject({ state: 'ENDED' })
    const { data } = await as(viewer, '{ reportSchedules { id } }')
    expect((data as never as { reportSchedules: { id: string }[] }).reportSchedules.map((one) => one.id)).not.toContain(
      id,
    )
  })

  it('let a member subscribe and end it, and nobody who may not read the weekly', async () => {
    const subscribed = async (cookie: string) =>
      ((await as(cookie, '{ weeklyReportSubscription }')).data as never as { weeklyReportSubscription: boolean })
        ?.weeklyReportSubscription
    expect(await subscribed(viewer)).toBe(false)
    await as(viewer, 'mutation { subscribeToWeeklyReport { isSubscribed userErrors { code } } }')
    expect([await subscribed(viewer), await subscribed(finance)]).toEqual([true, false])
    await as(viewer, 'mutation { unsubscribeFromWeeklyReport { isSubscribed } }')
    expect(await subscribed(viewer)).toBe(false)
  })

  it('come from Monday to a mailbox: the mail is taken by its server, its link opens the edition, and closed it is nothing', async () => {
    const firm = await test.tenant()
    const reader = await firm.signedIn('PROJECT_MANAGER')
    const owner = await firm.signedIn('OWNER')
    const { errors } = await as(reader, 'mutation { subscribeToWeeklyReport { isSubscribed userErrors { code } } }')
    expect(errors).toEqual([])
    const { pool, authPool } = test.server
    // A week from now there has been a Monday.
    const [ref, ...more] = await takeDueTicks({ pool, nowMs: Date.now() + 7 * 86_400_000 }, firm.id)
    if (ref === undefined) throw new Error('The weekly is not due on a Monday.')
    expect(more).toEqual([])
    await runReport({ pool, render: renderReport }, ref, { signal: new AbortController().signal })

    const server = await mailServer()
    const mailer = openMailer({ smtp: { url: server.url, from: 'Outlay <outlay@example.com>' }, dataDir: '' })
    const tools = { mailer, mailDomain: 'example.com', publicUrl: test.url }
    const due = await dueReportDeliveries(pool, firm.id)
    for (const delivery of due) {
      await tryReportDelivery({ pool, auth: authPool, sealer: sealer(testSecret) }, delivery, (mail) =>
        sendReport(mail, tools),
      )
    }
    server.close()
    expect(due).toHaveLength(1)
    // Long lines are wrapped as quoted-printable.
    const heard = server.heard().replaceAll('=\r\n', '').replaceAll('=3D', '=')
    const { data } = await as(reader, '{ viewer { email } }')
    const { email } = (data as never as { viewer: { email: string } }).viewer
    expect(heard.match(/^RCPT TO:.*$/gm)).toEqual([`RCPT TO:<${email}>`])
    expect(heard).toMatch(/^Subject: Projects of the week, \d{4}-\d{2}-\d{2} to \d{4}-\d{2}-\d{2}\r$/m)

    const [, link = '', token = ''] = /^(http\S+(\/r\/\S+))\r$/m.exec(heard) ?? []
    const page = await fetch(link)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('Projects of the week')
    const listed = await as(owner, '{ reports { nodes { editions { deliveries { recipient state linkId views } } } } }')
    const deliveries = (
      listed.data as never as {
        reports: { nodes: { editions: { deliveries: Edition['deliveries'] }[] }[] }
      }
    ).reports.nodes.flatMap(({ editions }) => editions.flatMap((edition) => edition.deliveries))
    expect(deliveries).toMatchObject([{ recipient: email, state: 'SENT', views: 1 }])
    const revoked = await change(owner, 'revokeReportLink', { id: deliveries[0]?.linkId }, 'edition { id }')
    expect(revoked.userErrors).toEqual([])
    const answers = await Promise.all([fetched(token), fetched(`/r/${'A'.repeat(43)}`)])
    expect(answers.map(({ status }) => status)).toEqual([404, 404])
    const [closed, never] = await Promise.all(answers.map((answer) => answer.text()))
    expect(closed).toBe(never)
  }, 60_000)
})
