import { readFileSync } from 'node:fs'
import { createApiKey } from '@outlay/db/admin/create-tenant'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { ROLES, SCOPES, isAllowed, type Action, type Asker } from '@outlay/domain/audience/policy'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { buildSchema, type GraphQLField } from 'graphql'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { deliver } from '../support/deliver.ts'
import { item, plainRate } from '../support/items.ts'
import { type Outlay, startOutlay } from '../support/outlay.ts'
import type { TenantClient } from '../support/tenant-client.ts'
import { leastQuestion } from './least-question.ts'

jest.setTimeout(300_000)

const schema = buildSchema(readFileSync(new URL('../../server/schema.graphql', import.meta.url), 'utf8'))

/**
 * What every root field of the schema is for, in the words of the policy table. Written down by hand beside the server's own declarations:
 * a field that is opened to the wrong people there disagrees with it here, and a new field without a line fails.
 */
const FIELDS: Partial<Record<Action, string>> = {
  'viewer.read': 'node viewer tenant',
  'task.list': 'task tasks',
  'dimension.read': 'agent agents client clients project projects search',
  'cost.read':
    'clientCosts costChange costRollup invocation projectCost projectCosts recentInvocations taskCost taskCosts trace',
  'fleet.read': 'agentCost agentCosts costArithmetic fleetCost rerating reratings unconvertedUsage unpricedUsage',
  'rate.read': 'catalogueDifference catalogues fxRates rateCard rateCards rateReview',
  'pool.read': 'allocationComparison allocationJob allocationRun allocationRuns costPool costPools period periods',
  'alert.read': 'alert alertCounts alerts anomalyAlerts',
  'detector.read': 'annotations detector detectorBacktest',
  'budget.read': 'budget budgets',
  'budget.try': 'budgetBacktest',
  'billing.read': 'chargePreview charges engagement engagements priceProposal',
  'client.own': 'askQuestion clientView',
  'transparency.read': 'clientLink clientLinks clientPreview clientQuestions',
  'transparency.manage': 'publishClientLink revokeClientLink',
  'forecast.read': 'forecast',
  'plan.read': 'plan planAdoption planForecast planReview plans',
  'channel.read': 'channel channels',
  'usage.record': 'recordInvocations',
  'task.write': 'upsertTask',
  'rate.publish': `adoptCatalogue discardRateCardDraft publishFxRates publishRateCard publishRates retireRateCard saveRateCardDraft`,
  'rating.correct': 'replaceInvocation voidInvocation',
  'rating.rerate': 'applyRerating previewRerating simulateRates',
  'pool.manage': 'createCostPool endCostPool importCostPools poolUnattributed setCostPoolAmount',
  'reconciliation.read': 'providerStatements reconciliation',
  'reconciliation.manage': 'acceptVariance importProviderStatement removeProviderStatement',
  'report.read': 'report reportSchedulePreview reportSchedules reports',
  'report.request': `changeReportSchedule createReportSchedule endReportSchedule pauseReportSchedule requestReport restateReport
    resumeReportSchedule revokeReportLink sendReport`,
  'report.subscribe': 'subscribeToWeeklyReport unsubscribeFromWeeklyReport weeklyReportSubscription',
  'allocation.run': 'runAllocation',
  'allocation.policy': `approveAllocationPolicy changeAllocationPolicy draftAllocationPolicy proposeAllocationPolicy rejectAllocationPolicy
    reviewAllocationPolicy withdrawAllocationPolicy`,
  'alert.handle': 'acknowledgeAlert assignAlert dismissAlert giveAlertFeedback resolveAlert snoozeAlert',
  'budget.manage': 'endBudget setBudget',
  'billing.manage': 'endEngagement reverseOutcome setEngagement',
  'plan.manage': 'adoptPlan changePlan createPlan notePlanLine',
  'detector.manage': 'addAnnotation endAnnotation updateDetector',
  'channel.manage': `createChannel endChannel pauseChannel replayDelivery resumeChannel rotateChannelSecret testChannel updateChannel`,
  'period.close': 'closePeriod openPeriod softClosePeriod',
  'period.reopen': 'agreeToReopening declineReopening requestReopening',
  'tenant.settings': 'updateTenantSettings',
  'key.manage': 'apiKeys createApiKey revokeApiKey',
  'member.manage': 'changeMemberRole invitations inviteMember members removeMember revokeInvitation setMemberClients',
  'audit.read': 'auditFacets auditLog',
  'policy.read': 'policy',
  'schema.read': 'apiOperations',
  'account.manage': 'account revokeOtherSessions revokeSession',
  'demo.manage': 'demoData loadDemoData removeDemoData',
  'export.start': 'export exportKinds exportSize exports startExport',
  'view.save': 'deleteView savedViews saveView',
}

const actionOf = new Map(
  Object.entries(FIELDS).flatMap(([action, names]) =>
    names.split(/\s+/).map((name): [string, Action] => [name, action as Action]),
  ),
)

/** How each subscription is asked so that it has something to tell at once. */
const SUBSCRIPTIONS: Record<string, string> = {
  anomalyAlerts: `anomalyAlerts(since: "${new Date(Date.now() - 3_600_000).toISOString()}") { id }`,
}

type Root = 'Query' | 'Mutation' | 'Subscription'

function fieldsOf(root: Root): GraphQLField<unknown, unknown>[] {
  const types = {
    Query: schema.getQueryType(),
    Mutation: schema.getMutationType(),
    Subscription: schema.getSubscriptionType(),
  }
  return Object.values(types[root]?.getFields() ?? {})
}

/** Everybody there is: each role, a project manager who is limited to a client, and a key of each scope alone. */
const ASKERS: { name: string; asker: Asker }[] = [
  ...ROLES.map((role) => ({ name: role, asker: { kind: 'user', role } as const })),
  { name: 'a limited PROJECT_MANAGER', asker: { kind: 'user', role: 'PROJECT_MANAGER', isLimited: true } },
  ...SCOPES.map((scope) => ({ name: `a key to ${scope}`, asker: { kind: 'key', scopes: [scope] } as const })),
]

describe('the role matrix', () => {
  let outlay: Outlay
  let tenant: TenantClient
  const headers = new Map<string, Record<string, string | null>>()

  beforeAll(async () => {
    outlay = await startOutlay()
    tenant = await outlay.createTenant({ currency: 'GBP', timeZone: 'Europe/London' })
    await deliver(tenant, { kind: 'rates', rates: [plainRate('GBP')] })
    await tenant.post('/v1/invocations', [item('mine', { trace: 'own', span: 's', task: 'own', project: 'own' })])
    // An alert, for subscriptions to tell of.
    const { setBudget } = await tenant.gql<{
      setBudget: { userErrors: object[]; budget: { spent: { amount: string } } }
    }>(
      'mutation { setBudget(input: { scope: CLIENT, key: "northwind", window: TOTAL, amount: { amount: "0.01", currency: "GBP" }, thresholds: ["0.000001"] }) { budget { spent { amount } } userErrors { message } } }',
    )
    expect(setBudget).toMatchObject({ userErrors: [], budget: { spent: { amount: expect.stringMatching(/[1-9]/) } } })
    const pool = new TenantPool({ url: outlay.database.appUrl })
    for (const { name, asker } of ASKERS) {
      if (asker.kind === 'user') {
        const { role } = asker
        const person = await outlay.createMember(
          tenant,
          role === 'CLIENT' ? { role, clientKey: 'northwind' } : { role },
        )
        if (asker.isLimited === true) await limit(person.email)
        headers.set(name, { authorization: null, cookie: await outlay.signIn(person), origin: outlay.url })
      } else {
        const [scope = 'read'] = SCOPES.filter((one) => asker.scopes.includes(one))
        const { key } = await createApiKey(pool, { tenantId: outlay.tenantId(tenant), name, scopes: [scope] })
        headers.set(name, { authorization: `Bearer ${key}` })
      }
    }
    await pool.end()
  })

  async function limit(email: string): Promise<void> {
    const { members } = await tenant.gql<{ members: { id: string; email: string }[] }>('{ members { id email } }')
    const { setMemberClients } = await tenant.gql<{ setMemberClients: { userErrors: object[] } }>(
      'mutation ($id: ID!) { setMemberClients(id: $id, clients: ["northwind"]) { userErrors { message } } }',
      { id: members.find((member) => member.email === email)?.id },
    )
    expect(setMemberClients.userErrors).toEqual([])
  }

  afterAll(async () => {
    await outlay?.stop()
  })

  it('has a line for every query, mutation and subscription, and for nothing else', () => {
    const roots: Root[] = ['Query', 'Mutation', 'Subscription']
    const names = roots.flatMap((root) => fieldsOf(root).map((field) => field.name))
    expect([...actionOf.keys()].sort()).toEqual(names.sort())
  })

  describe.each(ASKERS)('$name', ({ name, asker }) => {
    const may = (field: { name: string }): boolean => {
      const action = actionOf.get(field.name)
      return action !== undefined && isAllowed(asker, action)
    }
    // What answers somebody whom the field does not exist for, and nobody else.
    const refusal = (field: { name: string }, root: Root): { code: string; message: string } =>
      asker.kind === 'key'
        ? { code: 'FORBIDDEN', message: `${field.name} needs another scope than this key has.` }
        : root === 'Mutation'
          ? { code: 'FORBIDDEN', message: `Your role may not use ${field.name}.` }
          : { code: 'NOT_FOUND', message: `${field.name} does not exist.` }

    it.each(['Query', 'Mutation'] as const)('is answered each %s it may use, and told of no other', async (root) => {
      const answers = await Promise.all(
        fieldsOf(root).map(async (field) => {
          const query = `${root === 'Mutation' ? 'mutation ' : ''}{ ${leastQuestion(field)} }`
          const { body } = await tenant.post('/graphql', { query }, { headers: headers.get(name) })
          const { errors = [] } = body as { errors?: { message: string; extensions: { code: string } }[] }
          const [first] = errors.map(({ message, extensions }) => ({ code: extensions.code, message }))
          return { field: field.name, isRefused: isSame(first, refusal(field, root)), first }
        }),
      )
      expect(answers.filter(({ first }) => first?.code === 'INTERNAL_SERVER_ERROR')).toEqual([])
      expect(answers.map(({ field, isRefused }) => ({ field, isRefused }))).toEqual(
        fieldsOf(root).map((field) => ({ field: field.name, isRefused: !may(field) })),
      )
    })

    it.each(fieldsOf('Subscription'))(
      'is told what $name has to tell if it may, and refused otherwise',
      async (field) => {
        const { authorization, cookie } = headers.get(name) ?? {}
        class Socket extends WebSocket {
          constructor(url: string, protocols: string[]) {
            super(url, protocols, { headers: { cookie: cookie ?? '', origin: outlay.url } })
          }
        }
        const client = createClient({
          url: `${outlay.url.replace(/^http/, 'ws')}/graphql`,
          webSocketImpl: Socket,
          connectionParams: authorization == null ? {} : { authorization },
          retryAttempts: 0,
        })
        try {
          const query = `subscription { ${SUBSCRIPTIONS[field.name] ?? 'has no line in SUBSCRIPTIONS'} }`
          const isTold = await new Promise<boolean>((resolve) => {
            const refused = () => resolve(false)
            const next = ({ errors }: { errors?: unknown }) => resolve(errors === undefined)
            client.subscribe({ query }, { next, error: refused, complete: refused })
          })
          expect(isTold).toBe(may(field))
        } finally {
          await client.dispose()
        }
      },
    )
  })
})

function isSame(one: { code: string; message: string } | undefined, other: { code: string; message: string }): boolean {
  return one?.code === other.code && one.message === other.message
}
