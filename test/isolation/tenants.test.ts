import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { requestTest } from '@outlay/db/channels/request-delivery'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { TestSocket } from '@outlay/server/subscriptions/socket-test-kit'
import { decodeId, encodeId } from '@outlay/server/graphql/ids'
import { buildSchema } from 'graphql'
import { recordInvocations } from '../support/deliver.ts'
import { inParallel, item, plainRate } from '../support/items.ts'
import { type Outlay, startOutlay } from '../support/outlay.ts'
import { type Case, nodeCases, readingCases, textPlaces, writingPlaces } from './cases.ts'
import { namingArguments } from './naming-arguments.ts'
import { channelOf, makeWorld, month, nextMonth, poolOf, type World } from './worlds.ts'

jest.setTimeout(600_000)

const tenants = 40
const rounds = 20
const questionsToADocument = 6

describe('isolation', () => {
  let outlay: Outlay
  let worlds: World[]

  beforeAll(async () => {
    outlay = await startOutlay()
    worlds = await inParallel(Array.from({ length: tenants }), 4, (_, index) => makeWorld(outlay, index + 1))
  })

  afterAll(async () => {
    await outlay?.stop()
  })

  it('has a case for every place of the schema in which a caller can name a record', () => {
    const schema = buildSchema(readFileSync(new URL('../../server/schema.graphql', import.meta.url), 'utf8'))
    const known = [...Object.keys(readingCases), ...writingPlaces, ...textPlaces]
    // A place without a case: add it to readingCases, or test what it leaves behind and add it to writingPlaces.
    expect(namingArguments(schema)).toEqual(known.sort())
  })

  const cases = Object.entries({ ...readingCases, ...nodeCases })

  it.each(cases)('%s finds what is one’s own and treats foreign as missing', async (_place, one) => {
    const [mine, other] = [worlds[0] as World, worlds[1] as World]
    const own = await ask(mine, one, one.own(mine))
    const foreign = await ask(mine, one, one.own(other))
    expect(own.errors).toEqual([])
    expect(own.text).toContain(mine.canary)
    const said = new Set([one.own(other)])
    if (one.missing !== null) {
      const nothing = await ask(mine, one, one.missing)
      expect(own.text).not.toBe(nothing.text)
      expect(withoutName(foreign.text, one.own(other))).toBe(withoutName(nothing.text, one.missing))
    }
    for (const answer of [own, foreign]) expectOnlyOwn(mine, answer.text, said)
  })

  it.each(cases.filter(([, one]) => one.common !== undefined))(
    '%s finds one’s own record under a name that every tenant uses',
    async (_place, one) => {
      const [mine, other] = [worlds[2] as World, worlds[3] as World]
      const [a, b] = [await ask(mine, one, one.common ?? ''), await ask(other, one, one.common ?? '')]
      expect(a.errors).toEqual([])
      expect(a.text).not.toBe(b.text)
      for (const id of idsIn(a.text)) expect(b.text).not.toContain(id)
      if (a.text.includes('"amount"')) {
        expect(mine.amounts.some((amount) => a.text.includes(`"${amount}"`))).toBe(true)
        expect(other.amounts.some((amount) => a.text.includes(`"${amount}"`))).toBe(false)
      }
    },
  )

  it(`answers ${tenants} tenants in the same tick, ${rounds} times, as it answers one alone`, async () => {
    const documents = worlds.flatMap((world, index) => {
      const other = worlds[(index + 1) % worlds.length] as World
      const questions = cases.flatMap(([, one]) => {
        const names = [one.own(world), one.own(other), one.common]
        return names.filter((name) => name !== undefined).map((name) => ({ one, name }))
      })
      return chunks(questions, questionsToADocument).map((some) => ({
        world,
        some,
        said: new Set(some.map(({ name }) => name)),
      }))
    })
    // What each tenant is told when hardly anybody else asks at the same time.
    const calm = await inParallel(documents, 2, ({ world, some }) => askTogether(world, some))
    for (const [index, { world, said }] of documents.entries()) {
      expect(calm[index]).toContain('"errors":[]')
      expectOnlyOwn(world, calm[index] ?? '', said)
    }
    for (let round = 0; round < rounds; round += 1) {
      const answers = await inParallel(documents, documents.length / 2, ({ world, some }) => askTogether(world, some))
      for (const [index, { world, some }] of documents.entries())
        if (answers[index] !== calm[index])
          expect({ round, tenant: world.number, some, answer: answers[index] }).toEqual({
            round,
            tenant: world.number,
            some,
            answer: calm[index],
          })
    }
  })

  it('lets tenants write under the same ids, keys, traces and shared uses at once without meeting', async () => {
    const sharedUse = { trace: 'same-trace', sharedKey: 'same-use', kind: 'RETRIEVAL', task: 'same-task', span: 'a' }
    await inParallel(worlds, tenants, async ({ tenant, number, canary }) => {
      const usage = [{ meter: 'input_tokens', quantity: String(number * 1000) }]
      const answer = await recordInvocations(tenant, [
        item('same-id', { ...sharedUse, agent: 'same-agent', client: `own ${canary}`, usage }),
        item('same-child', { trace: 'same-trace', span: 'b', parentSpan: 'a', agent: 'same-agent', client: null }),
      ])
      expect(answer).toEqual({ accepted: 2, duplicates: 0, unpriced: 0, rejected: [] })
      await tenant.gql(
        'mutation ($input: UpsertTaskInput!) { upsertTask(input: $input) { task { key } userErrors { message } } }',
        { input: { key: 'same-task', client: 'same-client', project: 'same-project', name: `named ${canary}` } },
      )
    })
    await inParallel(worlds, tenants, async ({ tenant, number, canary }) => {
      const data = await tenant.gql(
        `{ task(key: "same-task") { name client { key } project { key } }
           trace(traceId: "same-trace") { cost { direct { amount } chainShared { amount } } spans { spanId depth } } }`,
      )
      expect(data).toEqual({
        task: { name: `named ${canary}`, client: { key: 'same-client' }, project: { key: 'same-project' } },
        trace: {
          cost: { direct: { amount: '1.00' }, chainShared: { amount: `${number}.00` } },
          spans: [
            { spanId: 'a', depth: 0 },
            { spanId: 'b', depth: 1 },
          ],
        },
      })
    })
  })

  it('revokes no foreign API key, and says of it what it says of one that does not exist', async () => {
    const [mine, other] = [worlds[0] as World, worlds[1] as World]
    const revoke = (id: string) =>
      mine.tenant.tryGql(
        'mutation ($id: ID!) { revokeApiKey(id: $id) { apiKey { id } userErrors { code message } } }',
        { id },
      )
    const foreign = await revoke(other.ids.apiKey)
    const nothing = await revoke(`key_${'0'.repeat(26)}`)
    expect(comparable(foreign, other.ids.apiKey)).toEqual(comparable(nothing, `key_${'0'.repeat(26)}`))
    const { apiKeys } = await other.tenant.gql<{ apiKeys: { id: string; revokedAt: string | null }[] }>(
      '{ apiKeys { id revokedAt } }',
    )
    expect(apiKeys.find((key) => key.id === other.ids.apiKey)).toMatchObject({ revokedAt: null })
    expect(JSON.stringify(await mine.tenant.gql('{ apiKeys { id name prefix } }'))).not.toContain(other.canary)
  })

  it('changes no foreign member, invitation or client’s person, and says of it what it says of one that does not exist', async () => {
    const [mine, other] = [worlds[0] as World, worlds[1] as World]
    const person = await outlay.createMember(other.tenant, { role: 'VIEWER' })
    const invite = (world: World, client: string) =>
      world.tenant.tryGql(
        'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { invitation { id } userErrors { code message } } }',
        { input: { email: 'somebody@example.com', role: 'CLIENT', client } },
      )
    await invite(other, other.own.client)
    type Access = { members: { id: string; email: string }[]; invitations: { id: string }[] }
    const access = (world: World) =>
      world.tenant.gql<Access>('{ members { id email role } invitations { id email role client { key } } }')
    const before = await access(other)
    const ids = {
      usr: before.members.find(({ email }) => email === person.email)?.id ?? '',
      ivt: before.invitations[0]?.id ?? '',
    }
    const missing = { usr: `usr_${Buffer.from('nobody').toString('base64url')}`, ivt: `ivt_${'0'.repeat(26)}` }
    for (const [call, kind] of [
      ['changeMemberRole(id: $id, role: ADMIN)', 'usr'],
      ['removeMember(id: $id)', 'usr'],
      ['revokeInvitation(id: $id)', 'ivt'],
    ] as const) {
      const change = (id: string) =>
        mine.tenant.tryGql(`mutation ($id: ID!) { ${call} { userErrors { code message } } }`, { id })
      const nothing = comparable(await change(missing[kind]), missing[kind])
      expect(JSON.stringify(nothing)).toContain('NOT_FOUND')
      expect(comparable(await change(ids[kind]), ids[kind])).toEqual(nothing)
    }
    const [foreign, unknown] = [other.own.client, 'client of canary-000-']
    const none = comparable(await invite(mine, unknown), unknown)
    expect(JSON.stringify(none)).toContain('There is no client')
    expect(comparable(await invite(mine, foreign), foreign)).toEqual(none)
    const member = await outlay.createMember(mine.tenant, { role: 'VIEWER' })
    const { members } = await access(mine)
    const give = (client: string) =>
      mine.tenant.tryGql(
        'mutation ($id: ID!, $client: String) { changeMemberRole(id: $id, role: CLIENT, client: $client) { userErrors { code message } } }',
        { id: members.find(({ email }) => email === member.email)?.id, client },
      )
    expect(comparable(await give(foreign), foreign)).toEqual(comparable(await give(unknown), unknown))
    expect(await access(other)).toEqual(before)
    expect(JSON.stringify(await access(mine))).not.toContain(other.canary)
  })

  it('changes, tests and sends nothing of a foreign channel, and says of it what it says of one that does not exist', async () => {
    const [mine, other] = [worlds[0] as World, worlds[1] as World]
    const channels = () => other.tenant.gql('{ channels { id name state scopes { key } deliveries { id state } } }')
    const uuid = (id: string) => decodeId(id)?.uuid ?? ''
    const pool = new TenantPool({ url: outlay.database.appUrl, max: 1 })
    const { deliveryId } = await requestTest({ pool }, uuid(other.ids.tenant), uuid(other.ids.channel))
    await pool.end()
    const before = await channels()
    const calls: [call: string, answer: string][] = [
      ...['pauseChannel', 'resumeChannel', 'endChannel', 'rotateChannelSecret'].map((name): [string, string] => [
        `${name}(id: $id)`,
        'channel { id } signingSecret',
      ]),
      ['updateChannel(id: $id, input: $input)', 'channel { id }'],
      ['testChannel(id: $id)', 'delivery { id }'],
    ]
    for (const [call, answer] of calls) {
      const asked = call.includes('$input') ? ', $input: ChannelInput!' : ''
      const document = `mutation ($id: ID!${asked}) { ${call} { ${answer} userErrors { code message } } }`
      const input = asked === '' ? {} : { input: channelOf(mine.own, 'taken over') }
      const change = (id: string) => mine.tenant.tryGql(document, { id, ...input })
      const missing = `chn_${'0'.repeat(26)}`
      const nothing = comparable(await change(missing), missing)
      expect(JSON.stringify(nothing)).toContain('NOT_FOUND')
      expect(comparable(await change(other.ids.channel), other.ids.channel)).toEqual(nothing)
    }
    const replay = (id: string) =>
      mine.tenant.tryGql(
        'mutation ($id: ID!) { replayDelivery(id: $id) { delivery { id } userErrors { code message } } }',
        { id },
      )
    const delivery = encodeId('Delivery', deliveryId ?? '')
    const missing = `dlv_${'0'.repeat(26)}`
    expect(comparable(await replay(delivery), delivery)).toEqual(comparable(await replay(missing), missing))
    expect(await channels()).toEqual(before)

    const scoped = (key: string) =>
      mine.tenant.tryGql(
        'mutation ($input: ChannelInput!) { createChannel(input: $input) { channel { id } userErrors { code message } } }',
        { input: channelOf({ agent: key }, 'of another') },
      )
    const [foreign, unknown] = [other.own.agent, 'agent of canary-000-']
    expect(comparable(await scoped(foreign), foreign)).toEqual(comparable(await scoped(unknown), unknown))
    expect(JSON.stringify(await mine.tenant.gql('{ channels { name scopes { key } } }'))).not.toContain(other.canary)
  })

  it('changes no foreign budget, alert or annotation, and says of it what it says of one that does not exist', async () => {
    const [mine, other] = [worlds[0] as World, worlds[1] as World]
    const watched = () =>
      other.tenant.gql(
        '{ budgets { id version updatedBy } annotations { id note } alerts { nodes { id state assignee feedback history { id } } } }',
      )
    const before = await watched()
    const alert = (call: string): [string, string, 'alert' | 'budget' | 'annotation'] => [call, 'alert', 'alert']
    const calls = [
      alert('acknowledgeAlert(id: $id)'),
      alert('resolveAlert(id: $id)'),
      alert('dismissAlert(id: $id, reason: "not ours")'),
      alert('snoozeAlert(id: $id, until: "2099-01-01T00:00:00Z")'),
      alert('assignAlert(id: $id, to: "me@example.com")'),
      alert('giveAlertFeedback(id: $id, feedback: WRONG)'),
      ['endBudget(id: $id)', 'budget', 'budget'],
      ['endAnnotation(id: $id)', 'annotation', 'annotation'],
    ] as const
    for (const [call, field, kind] of calls) {
      const document = `mutation ($id: ID!) { ${call} { ${field} { id } userErrors { code message } } }`
      const change = (id: string) => mine.tenant.tryGql(document, { id })
      const missing = other.ids[kind].slice(0, 4) + '0'.repeat(26)
      const nothing = comparable(await change(missing), missing)
      expect(JSON.stringify(nothing)).toContain('NOT_FOUND')
      expect(comparable(await change(other.ids[kind]), other.ids[kind])).toEqual(nothing)
    }
    expect(await watched()).toEqual(before)

    const [foreign, unknown] = [other.own.agent, 'agent of canary-000-']
    const documents = [
      'mutation ($key: String!) { setBudget(input: { scope: AGENT, key: $key, window: DAY, amount: { amount: "1", currency: "GBP" } }) { budget { id } userErrors { code message } } }',
      'mutation ($key: String!) { addAnnotation(input: { scope: AGENT, key: $key, day: "2026-10-01", note: "launch" }) { annotation { id } userErrors { code message } } }',
      'query ($key: String!) { budgetBacktest(input: { scope: AGENT, key: $key, window: DAY, amount: { amount: "1", currency: "GBP" } }) { sentence } }',
      'query ($key: String!) { forecast(scope: AGENT, key: $key) { spent { amount } } }',
    ]
    for (const document of documents) {
      const ask = (key: string) => mine.tenant.tryGql(document, { key })
      const nothing = comparable(await ask(unknown), unknown)
      expect(JSON.stringify(nothing)).toContain('There is no agent')
      expect(comparable(await ask(foreign), foreign)).toEqual(nothing)
    }
  })

  it('changes no foreign terms and takes no foreign outcome back, and says of them what it says of those that do not exist', async () => {
    const [mine, other] = [worlds[0] as World, worlds[1] as World]
    const agreed = () => other.tenant.gql('{ engagements(withSuperseded: true) { id effectiveTo supersededAt } }')
    const before = await agreed()
    const end = (id: string) =>
      mine.tenant.tryGql(
        `mutation ($id: ID!) { endEngagement(id: $id, on: "${month.from}") { engagement { id } userErrors { code message } } }`,
        { id },
      )
    const missing = `eng_${'0'.repeat(26)}`
    const nothing = comparable(await end(missing), missing)
    expect(JSON.stringify(nothing)).toContain('NOT_FOUND')
    expect(comparable(await end(other.ids.engagement), other.ids.engagement)).toEqual(nothing)

    const set = (place: string) =>
      `mutation ($key: String!) { setEngagement(input: { ${place}: $key, effectiveFrom: "${month.from}", terms: { model: PASS_THROUGH } }) { engagement { id } userErrors { code message } } }`
    const preview = (place: string) =>
      `query ($key: String!) { chargePreview(month: "${month.from}", input: { ${place}: $key, effectiveFrom: "${month.from}", terms: { model: PASS_THROUGH } }) { charge { total { amount } } userErrors { code message } } }`
    const reverse =
      'mutation ($key: String!) { reverseOutcome(input: { taskKey: $key, reason: "not ours" }) { task { id } userErrors { code message } } }'
    const documents = [
      [set('projectKey'), other.own.project],
      [set('clientKey'), other.own.client],
      [preview('projectKey'), other.own.project],
      [preview('clientKey'), other.own.client],
      [reverse, other.own.task],
    ] as const
    for (const [document, foreign] of documents) {
      const ask = (key: string) => mine.tenant.tryGql(document, { key })
      const unknown = comparable(await ask('canary-000-'), 'canary-000-')
      expect(JSON.stringify(unknown)).toContain('There is no')
      expect(comparable(await ask(foreign), foreign)).toEqual(unknown)
    }
    expect(await agreed()).toEqual(before)
  })

  it('publishes no page of a foreign client and revokes no foreign link, and says what it says of none at all', async () => {
    const [mine, other] = [worlds[0] as World, worlds[1] as World]
    const links = () =>
      other.tenant.gql('query ($key: String!) { clientLinks(clientKey: $key) { id isWorking } }', {
        key: other.own.client,
      })
    const before = await links()
    const revoke = (id: string) =>
      mine.tenant.tryGql(
        'mutation ($id: ID!) { revokeClientLink(id: $id) { link { id } userErrors { code message } } }',
        {
          id,
        },
      )
    const missing = `clk_${'0'.repeat(26)}`
    const nothing = comparable(await revoke(missing), missing)
    expect(JSON.stringify(nothing)).toContain('NOT_FOUND')
    expect(comparable(await revoke(other.ids.clientLink), other.ids.clientLink)).toEqual(nothing)
    const publish = (key: string) =>
      mine.tenant.tryGql(
        `mutation ($key: String!) { publishClientLink(input: { clientKey: $key, label: "x", firstMonth: "2020-01-01", days: 1 }) {
          link { id } url userErrors { code message } } }`,
        { key },
      )
    const unknown = comparable(await publish('canary-000-'), 'canary-000-')
    expect(JSON.stringify(unknown)).toContain('There is no such client')
    expect(comparable(await publish(other.own.client), other.own.client)).toEqual(unknown)
    expect(await links()).toEqual(before)
  })

  it('changes, adopts and notes no foreign plan, and plans nothing of foreign clients and agents', async () => {
    const [mine, other] = [worlds[0] as World, worlds[1] as World]
    const planned = () =>
      other.tenant.gql(`{ plan(id: "${other.ids.plan}") { name status scenarios { name } } budgets { id } }`)
    const before = await planned()
    const noting = 'notePlanLine(input: { text: "ours"'
    const ofPlans = [
      'changePlan(id: $id, input: { name: "ours", scenarios: [] })',
      'adoptPlan(input: { id: $id, scenario: 0 })',
      `${noting}, planId: $id, month: "${nextMonth}" })`,
    ]
    for (const field of ofPlans) {
      const document = `mutation ($id: ID!) { ${field} { plan { id } userErrors { code message } } }`
      const ask = (id: string) => mine.tenant.tryGql(document, { id })
      const missing = `pln_${'0'.repeat(26)}`
      const nothing = comparable(await ask(missing), missing)
      expect(JSON.stringify(nothing)).toContain('NOT_FOUND')
      expect(comparable(await ask(other.ids.plan), other.ids.plan)).toEqual(nothing)
    }
    const own = mine.ids.plan
    const change = 'driver: PRICE, pace: ONCE, percent: "1"'
    const ofMembers = (['clientKey', 'agentKey'] as const).flatMap((place) => {
      const scenarios = `name: "ours", scenarios: [{ name: "x", changes: [{ ${change}, from: "${nextMonth}", ${place}: $key }] }]`
      return [
        `createPlan(input: { ${scenarios} })`,
        `changePlan(id: "${own}", input: { ${scenarios} })`,
        `${noting}, planId: "${own}", month: "${nextMonth}", ${place}: $key })`,
      ].map((field) => ({ field, foreign: place === 'clientKey' ? other.own.client : other.own.agent }))
    })
    for (const { field, foreign } of ofMembers) {
      const document = `mutation ($key: String!) { ${field} { plan { id } userErrors { code message } } }`
      const ask = (key: string) => mine.tenant.tryGql(document, { key })
      const unknown = comparable(await ask('canary-000-'), 'canary-000-')
      expect(JSON.stringify(unknown)).toContain('There is no')
      expect(comparable(await ask(foreign), foreign)).toEqual(unknown)
    }
    expect(await planned()).toEqual(before)
  })

  it('sends over a socket no alert of another tenant, not even of all that have been', async () => {
    const [mine, other] = [worlds[0] as World, worlds[1] as World]
    const authorization = `Bearer ${mine.tenant.apiKey}`
    const socket = await TestSocket.open(outlay.url, { authorization })
    socket.subscribe('1', { since: '2026-01-01T00:00:00Z' })
    await socket.until(() => socket.titles('1').length >= 2)
    await other.tenant.gql(
      'mutation ($id: ID!) { giveAlertFeedback(id: $id, feedback: FIXED) { userErrors { code } } }',
      {
        id: other.ids.alert,
      },
    )
    await mine.tenant.gql(
      'mutation ($id: ID!) { giveAlertFeedback(id: $id, feedback: FIXED) { userErrors { code } } }',
      {
        id: mine.ids.alert,
      },
    )
    await socket.until(() => socket.titles('1').length >= 3)
    const text = JSON.stringify(socket.messages)
    socket.close()
    expect(socket.frames('1')[2]?.id).toBe(mine.ids.alert)
    expect(text).toContain(mine.canary)
    expectOnlyOwn(mine, text)
  })

  it('changes no foreign rate card, and says of it what it says of one that does not exist', async () => {
    const [mine, other] = [worlds[0] as World, worlds[1] as World]
    const draft = { provider: 'drafted', rates: [{ ...plainRate('GBP'), provider: 'drafted' }] }
    const save = 'mutation ($input: RateCardDraftInput!) { saveRateCardDraft(input: $input) { rateCard { id } } }'
    const { saveRateCardDraft } = await other.tenant.gql<{ saveRateCardDraft: { rateCard: { id: string } } }>(save, {
      input: draft,
    })
    const drafted = saveRateCardDraft.rateCard.id
    const cards = () =>
      other.tenant.gql(
        '{ drafts: rateCards(status: DRAFT) { id rates { id } } rateCards { id status rates { id state } } }',
      )
    const before = await cards()
    for (const [name, type, extra] of [
      ['saveRateCardDraft', 'RateCardDraftInput', draft],
      ['publishRateCard', 'PublishRateCardInput', {}],
      ['discardRateCardDraft', 'DiscardRateCardDraftInput', {}],
      ['retireRateCard', 'RetireRateCardInput', {}],
    ] as const) {
      const change = (id: string) =>
        mine.tenant.tryGql(
          `mutation ($input: ${type}!) { ${name}(input: $input) { rateCard { id } userErrors { code message } } }`,
          { input: { ...extra, id } },
        )
      const missing = `crd_${'0'.repeat(26)}`
      const nothing = comparable(await change(missing), missing)
      expect(JSON.stringify(nothing)).toContain('NOT_FOUND')
      for (const id of [drafted, other.ids.rateCard]) expect(comparable(await change(id), id)).toEqual(nothing)
    }
    expect(await cards()).toEqual(before)
    await other.tenant.gql(
      'mutation ($input: DiscardRateCardDraftInput!) { discardRateCardDraft(input: $input) { rateCard { id } } }',
      { input: { id: drafted } },
    )
  })

  it('corrects no foreign event, says of it what it says of one that does not exist, and replaces only among its own', async () => {
    const [mine, other] = [worlds[6] as World, worlds[7] as World]
    const correct = (field: 'voidInvocation' | 'replaceInvocation', type: string, input: object) =>
      mine.tenant.tryGql(
        `mutation ($input: ${type}!) { ${field}(input: $input) { correction { invocationId replacementId } userErrors { code message field } } }`,
        { input },
      )
    const replacement = { agent: other.own.agent, task: other.own.task, trace: other.own.trace, span: 'root' }
    for (const [field, type, more] of [
      ['voidInvocation', 'VoidInvocationInput', {}],
      ['replaceInvocation', 'ReplaceInvocationInput', { replacement }],
    ] as const) {
      const [foreign, nothing] = [other.own.invocation, 'canary-000-event']
      const answers = [foreign, nothing].map((id) => correct(field, type, { id, reason: 'x', ...more }))
      const [ofForeign, ofNothing] = await Promise.all(answers)
      expect(comparable(ofForeign!, foreign)).toEqual(comparable(ofNothing!, nothing))
    }
    // The names of another tenant, used in a replacement, become records of one's own.
    await recordInvocations(mine.tenant, [item('to be replaced')])
    await correct('replaceInvocation', 'ReplaceInvocationInput', { id: 'to be replaced', reason: 'x', replacement })
    const seen = await other.tenant.gql<{ trace: { spans: { invocationId: string }[] } }>(
      `query ($trace: String!, $id: String!) { trace(traceId: $trace) { spans { invocationId billing } } invocation(id: $id) { billing } }`,
      { trace: other.own.trace, id: other.own.invocation },
    )
    expect(seen).toEqual({
      trace: { spans: [{ invocationId: other.own.invocation, billing: 'DIRECT' }] },
      invocation: { billing: 'DIRECT' },
    })
  })

  it('runs and compares no foreign pool, and tries out no foreign agent', async () => {
    const [mine, other] = [worlds[10] as World, worlds[11] as World]
    const runs = () => other.tenant.gql(`{ allocationRuns { id state } }`)
    const before = await runs()
    const run = (id: string) =>
      mine.tenant.tryGql(
        'mutation ($input: RunAllocationInput!) { runAllocation(input: $input) { jobId userErrors { code message field } } }',
        { input: { month: '2026-10-01', poolIds: [id] } },
      )
    const compare = (poolId: string, agent: string | null) =>
      mine.tenant.tryGql(
        `query ($poolId: ID!, $whatIf: WhatIfPolicyInput) { allocationComparison(poolId: $poolId, month: "2026-10-01", whatIf: $whatIf) {
           rows { agent { key } current { amount } } } }`,
        { poolId, whatIf: agent === null ? null : { multipliers: [{ agent, multiplier: '2' }] } },
      )
    const missing = `pol_${'0'.repeat(26)}`
    const foreign = other.ids.costPool
    for (const ask of [run, (id: string) => compare(id, null)]) {
      const nothing = comparable(await ask(missing), missing)
      expect(JSON.stringify(nothing)).toContain('NOT_FOUND')
      expect(comparable(await ask(foreign), foreign)).toEqual(nothing)
    }
    const nobody = comparable(await compare(mine.ids.costPool, 'nobody'), 'nobody')
    expect(comparable(await compare(mine.ids.costPool, other.own.agent), other.own.agent)).toEqual(nobody)
    expect(JSON.stringify(await compare(mine.ids.costPool, mine.own.agent))).toContain(mine.canary)
    expect(await runs()).toEqual(before)
  })

  it('changes no foreign pool or policy, and says of it what it says of one that does not exist', async () => {
    const [mine, other] = [worlds[8] as World, worlds[9] as World]
    const pools = () =>
      other.tenant.gql(
        '{ costPools { id lastMonth amounts { revision } policies { id state reviewDueOn history { action } } } }',
      )
    const before = await pools()
    const policy = { effectiveFrom: '2026-11-01', method: 'EQUAL' }
    const content = '{ effectiveFrom: "2026-11-01", method: EQUAL }'
    const amount = '{ amount: "1", currency: "GBP" }'
    for (const [kind, name] of [
      ['costPool', `setCostPoolAmount(input: { poolId: $id, fromMonth: "2026-11-01", amount: ${amount} })`],
      ['costPool', 'endCostPool(input: { poolId: $id, lastMonth: "2026-11-01" })'],
      ['costPool', 'draftAllocationPolicy(input: { poolId: $id, effectiveFrom: "2026-11-01", method: EQUAL })'],
      ['allocationPolicy', `changeAllocationPolicy(id: $id, input: ${content})`],
      ['allocationPolicy', 'proposeAllocationPolicy(id: $id)'],
      ['allocationPolicy', 'approveAllocationPolicy(id: $id, overrideReason: "x")'],
      ['allocationPolicy', 'rejectAllocationPolicy(id: $id, reason: "x")'],
      ['allocationPolicy', 'withdrawAllocationPolicy(id: $id)'],
      ['allocationPolicy', 'reviewAllocationPolicy(id: $id)'],
    ] as const) {
      const change = (id: string) =>
        mine.tenant.tryGql(`mutation ($id: ID!) { ${name} { __typename userErrors { code message field } } }`, { id })
      const missing = `${kind === 'costPool' ? 'pol' : 'apl'}_${'0'.repeat(26)}`
      const nothing = comparable(await change(missing), missing)
      expect(JSON.stringify(nothing)).toContain('NOT_FOUND')
      expect(comparable(await change(other.ids[kind]), other.ids[kind])).toEqual(nothing)
    }
    expect(await pools()).toEqual(before)

    // Agents and pools of others are named in a pool, a policy and a file as if nobody had them.
    const naming = (agent: string, poolId: string) => [
      { scope: [agent] },
      { multipliers: [{ agent, multiplier: '2' }] },
      { exemptions: [{ agent, from: '2026-11-01', reason: 'x' }] },
      { feeds: [{ poolId, share: '1' }] },
    ]
    const drafted = await mine.tenant.gql<{ draftAllocationPolicy: { policy: { id: string } } }>(
      'mutation ($input: DraftAllocationPolicyInput!) { draftAllocationPolicy(input: $input) { policy { id } } }',
      { input: { ...policy, poolId: mine.ids.costPool } },
    )
    const answers = async (agent: string, poolId: string) => {
      const said: object[] = []
      for (const named of naming(agent, poolId)) {
        for (const [field, types, variables] of [
          [
            'createCostPool(input: $input)',
            '$input: CostPoolInput!',
            { input: { ...poolOf(mine.own, 'x'), ...named } },
          ],
          [
            'draftAllocationPolicy(input: $input)',
            '$input: DraftAllocationPolicyInput!',
            { input: { ...policy, poolId: mine.ids.costPool, ...named } },
          ],
          [
            'changeAllocationPolicy(id: $id, input: $input)',
            '$id: ID!, $input: AllocationPolicyInput!',
            { id: drafted.draftAllocationPolicy.policy.id, input: { ...policy, ...named } },
          ],
        ] as const) {
          const answer = await mine.tenant.tryGql(
            `mutation (${types}) { ${field} { __typename userErrors { code message field } } }`,
            variables,
          )
          said.push(comparable(answer, agent))
        }
      }
      const csv = `name,category,month,amount,currency,scope\nx,OTHER,2026-10,1,GBP,${agent}`
      const imported = await mine.tenant.tryGql(
        'mutation ($csv: String!) { importCostPools(input: { csv: $csv }) { created userErrors { code message field } } }',
        { csv },
      )
      return [...said, comparable(imported, agent)]
    }
    const nothing = await answers('agent of canary-000-', `pol_${'0'.repeat(26)}`)
    for (const answer of nothing) expect(JSON.stringify(answer)).toContain('NOT_FOUND')
    expect(await answers(other.own.agent, other.ids.costPool)).toEqual(nothing)

    // The name of another tenant's pool is free.
    const { data } = await mine.tenant.tryGql(
      'mutation ($input: CostPoolInput!) { createCostPool(input: $input) { costPool { scope { key } } userErrors { code } } }',
      { input: poolOf(mine.own, `pool of ${other.own.agent}`) },
    )
    expect(data).toEqual({ createCostPool: { costPool: { scope: [{ key: mine.own.agent }] }, userErrors: [] } })
    expect(await pools()).toEqual(before)
  })

  it('lists, sums and shows only one’s own where nothing is named', async () => {
    for (const mine of worlds.slice(0, 5)) {
      const { data, errors } = await mine.tenant.tryGql(
        `query ($range: DateRangeInput!) {
          tenant { id key } viewer { tenant { key } }
          agents(first: 100) { nodes { key } } clients(first: 100) { nodes { key } }
          projects(first: 100) { nodes { key } } tasks(first: 100) { nodes { key } }
          recentInvocations(first: 100) { invocationId agent { key } task { key } }
          unpricedUsage(range: $range) { resource }
          unconvertedUsage(range: $range) { currency invocations }
          rateReview(quarter: "2026-10-01") { rows { provider resource } unusedRates { provider resource } proposals { resource } }
          rateCards { provider rates { resource source } }
          periods { month correctionsPosted { amount } correctionsReceived { amount } }
          period(month: "2026-09-01") { checklist { detail } history { actedBy } corrections { nodes { agent { key } task { key } } }
            snapshots { closedBy rows(dimension: TASK) { nodes { key label } } } }
          channels { name scopes { key label } deliveries { id } }
          budgets { key label note } annotations { key label note }
          alerts { nodes { title label reason contributors { key label } history { note } deliveries { id } } totalCount }
          alertCounts { open } detector { updatedBy } detectorBacktest { firings { subject { key label } } }
          costPools { name scope { key } policies { scope { key } } }
        }`,
        { range: { from: '2026-10-01', to: '2026-11-01' } },
      )
      expect(errors).toEqual([])
      const text = JSON.stringify(data)
      expect(text).toContain(mine.canary)
      expectOnlyOwn(mine, text)
    }
  })

  /** No canary of another tenant, unless the caller wrote it itself. */
  function expectOnlyOwn(mine: World, text: string, said: ReadonlySet<string> = new Set()): void {
    let unsaid = text
    for (const name of said) unsaid = unsaid.replaceAll(name, '')
    const canaries = [...unsaid.matchAll(/canary-\d{3}-/g)].map(([canary]) => canary)
    expect(canaries.filter((canary) => canary !== mine.canary)).toEqual([])
  }
})

/** Several questions in one document, each under its own alias and variable. */
async function askTogether(world: World, some: readonly { one: Case; name: string }[]): Promise<string> {
  const variables = some.map(({ one }, index) => `$n${index}: ${one.type}`).join(', ')
  const fields = some.map(({ one }, index) => `f${index}: ${one.field.replaceAll('$name', `$n${index}`)}`).join('\n')
  const { status, data, errors } = await world.tenant.tryGql(
    `query (${variables}) { ${fields} }`,
    Object.fromEntries(some.map(({ name }, index) => [`n${index}`, name])),
  )
  return JSON.stringify({ status, errors: errors.map((error) => error.message), data })
}

function chunks<T>(some: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(some.length / size) }, (_, index) =>
    some.slice(index * size, (index + 1) * size),
  )
}

async function ask(world: World, one: Case, name: string): Promise<{ text: string; errors: object[] }> {
  const { data, errors, status } = await world.tenant.tryGql(`query ($name: ${one.type}) { ${one.field} }`, { name })
  const said = errors.map(({ message, extensions }) => ({ message, code: extensions['code'] }))
  return { text: JSON.stringify({ status, data, errors: said }), errors: said }
}

function withoutName(text: string, name: string): string {
  return text.replaceAll(JSON.stringify(name).slice(1, -1), '«name»')
}

function comparable(answer: { data: unknown; errors: { message: string; extensions: object }[] }, id: string): object {
  const errors = answer.errors.map(({ message, extensions }) => [message, (extensions as { code: string }).code])
  return JSON.parse(withoutName(JSON.stringify({ data: answer.data, errors }), id)) as object
}

function idsIn(text: string): string[] {
  return [...text.matchAll(/"id":"([a-z]{3}_[^"]+)"/g)].map((match) => match[1] ?? '')
}
