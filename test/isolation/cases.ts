import { closedMonth, common, missing, month, nextMonth, type Thing, type World } from './worlds.ts'

/** How a place of the schema is asked with a name in it. */
export interface Case {
  /** The field with `$name` as the caller's text. */
  field: string
  /** The type of `$name`, as the schema declares it. */
  type: string
  /** Names to try as one's own, and the one that every tenant has. */
  own: (world: World) => string
  common?: string
  /** A name that nobody uses; null where a name is refused unless we made it. */
  missing: string | null
}

const costs = 'cost { direct { amount } invocations }'
const range = `range: { from: "${month.from}", to: "${month.to}" }`
const agentFields = '{ id key name }'
const alertFields = '{ id title label actual { amount } subject { key label } }'

function byKey(thing: Thing, field: string, type = 'String!'): Case {
  return { field, type, own: (world) => world.own[thing], common: common[thing], missing: missing[thing] }
}

function byFilter(thing: Thing, list: string): Case {
  const dimension = list.slice(0, -1).toUpperCase()
  const rows = `rows { keys { key label } ${costs} }`
  const field = `costRollup(${range}, groupBy: [${dimension}], filter: { ${list}: [$name] }) { ${rows} total { invocations } }`
  return byKey(thing, field)
}

function arithmeticBy(thing: Thing, list: string): Case {
  const lines =
    'lines { provider resource meter amount { amount } } shares { pool { id name } } unknown { resource meter }'
  const field = `costArithmetic(${range}, filter: { ${list}: [$name] }) { amount { amount } ${lines} cost { invocations } }`
  return byKey(thing, field)
}

function byCursor(list: string, args: string, node: string): Case {
  return {
    field: `${list}(${args} first: 3, after: $name) { nodes ${node} pageInfo { hasNextPage } }`,
    type: 'String',
    own: (world) => world.cursors[list] ?? '',
    missing: null,
  }
}

function byPeriodCursor(list: string, fields: string): Case {
  return {
    field: `period(month: "${closedMonth}") { ${fields} }`,
    type: 'String',
    own: (world) => world.cursors[list] ?? '',
    missing: null,
  }
}

/**
 * One case for every place of the schema in which a caller can name a record that is read. Own names must find, foreign
 * ones must be told nothing that a name nobody uses is not told.
 */
export const readingCases: Record<string, Case> = {
  'Query.agent(key)': byKey('agent', `agent(key: $name) ${agentFields}`),
  'Query.client(key)': byKey('client', 'client(key: $name) { id key name }'),
  'Query.project(key)': byKey('project', 'project(key: $name) { id key name client { id key } }'),
  'Query.task(key)': byKey('task', 'task(key: $name) { id key name client { id key } project { id key } }'),
  'Query.agentCost(agentKey)': byKey(
    'agent',
    `agentCost(agentKey: $name, ${range}) { agent ${agentFields} ${costs} resources { provider resource } clients { client { id key } } }`,
  ),
  // Without ids in it, the answer to a common name is the same in every tenant.
  'Query.search(text)': {
    field: 'search(text: $name, kinds: [CLIENT]) { kind key name }',
    type: 'String!',
    own: (world) => world.own.client,
    missing: missing.client,
  },
  'Query.costChange(key)': byKey(
    'agent',
    `costChange(${range}, scope: AGENT, key: $name) { label current { direct { amount } } contributors { key label } }`,
    'String',
  ),
  'Query.taskCost(taskKey)': byKey(
    'task',
    `taskCost(taskKey: $name) { task { id key } ${costs} byAgent { agent ${agentFields} direct { amount } } traces { traceId } }`,
  ),
  'Query.taskCosts(clientKey)': byKey(
    'client',
    `taskCosts(${range}, clientKey: $name) { nodes { task { id key } ${costs} } totalCount }`,
  ),
  'Query.taskCosts(projectKey)': byKey(
    'project',
    `taskCosts(${range}, projectKey: $name) { nodes { task { id key } ${costs} } totalCount }`,
  ),
  'Query.projectCost(key)': byKey(
    'project',
    `projectCost(key: $name, ${range}) { project { id key } ${costs} previous { direct { amount } } agentsUsed tasksCompleted revenue { amount } }`,
  ),
  'Query.projectCosts(clientKey)': byKey(
    'client',
    `projectCosts(${range}, clientKey: $name) { nodes { project { id key client { id key } } ${costs} } totalCount }`,
  ),
  'Query.trace(traceId)': byKey(
    'trace',
    `trace(traceId: $name) { traceId task { id key } ${costs} spans { invocationId agent ${agentFields} self { amount } } }`,
  ),
  'Query.invocation(id)': byKey(
    'invocation',
    `invocation(id: $name) { invocationId billing cost { amount } agent ${agentFields} task { id key } ratedLines { amount { amount } }
      span { subtree { amount } agent ${agentFields} } correction { reason } supersededRatings { reason } }`,
  ),
  'Query.rateCards(provider)': byKey(
    'provider',
    'rateCards(provider: $name) { provider rates { id resource } }',
    'String',
  ),
  'Query.rateCard(id)': {
    field: 'rateCard(id: $name) { id provider rates { id resource } }',
    type: 'ID!',
    own: (world) => world.ids.rateCard,
    missing: `crd_${'0'.repeat(26)}`,
  },
  'Query.rerating(id)': {
    field: 'rerating(id: $name) { id filter requestedBy }',
    type: 'ID!',
    own: (world) => world.ids.rerating,
    missing: `rrt_${'0'.repeat(26)}`,
  },
  'Query.export(id)': {
    field: 'export(id: $name) { id filters requestedBy download }',
    type: 'ID!',
    own: (world) => world.ids.export,
    missing: `exp_${'0'.repeat(26)}`,
  },
  'Query.report(id)': {
    field: 'report(id: $name) { id client { id key } runs { id requestedBy } editions { id document: sha256 } }',
    type: 'ID!',
    own: (world) => world.ids.report,
    missing: `rpt_${'0'.repeat(26)}`,
  },
  'Query.costPool(id)': {
    field: `costPool(id: $name) { id name scope ${agentFields} policies { id } }`,
    type: 'ID!',
    own: (world) => world.ids.costPool,
    missing: `pol_${'0'.repeat(26)}`,
  },
  'Query.channel(id)': {
    field: 'channel(id: $name) { id name target scopes { key label } deliveries { id } }',
    type: 'ID!',
    own: (world) => world.ids.channel,
    missing: `chn_${'0'.repeat(26)}`,
  },
  'Query.budget(id)': {
    field: 'budget(id: $name) { id key label note spent { amount } crossings { threshold alert { id title } } }',
    type: 'ID!',
    own: (world) => world.ids.budget,
    missing: `bdg_${'0'.repeat(26)}`,
  },
  'Query.engagement(id)': {
    field: 'engagement(id: $name) { id note project { id key } client { id key } }',
    type: 'ID!',
    own: (world) => world.ids.engagement,
    missing: `eng_${'0'.repeat(26)}`,
  },
  'Query.clientLink(id)': {
    field: 'clientLink(id: $name) { id label createdBy views { viewedAt } }',
    type: 'ID!',
    own: (world) => world.ids.clientLink,
    missing: `clk_${'0'.repeat(26)}`,
  },
  'Query.clientLinks(clientKey)': byKey('client', 'clientLinks(clientKey: $name) { id label createdBy }'),
  'Query.clientQuestions(clientKey)': byKey('client', 'clientQuestions(clientKey: $name) { id body }'),
  'Query.clientPreview(clientKey)': byKey(
    'client',
    `clientPreview(clientKey: $name, month: "${month.from}") { firm client total delivered agreements { project total } }`,
  ),
  ...Object.fromEntries(
    Object.entries({
      'Query.plan(id)':
        'plan(id: $name) { id name scenarios { changes { client { id key } agent { id key } } lines { client { key } amount { amount } } } }',
      'Query.planAdoption(id)':
        'planAdoption(id: $name, scenario: 0) { budgets { key label amount { amount } present { amount } } }',
      'Query.planReview(id)': `planReview(id: $name, month: "${nextMonth}") { plan { id name } lines { client { id key } sums { planned { amount } } } }`,
    }).map(([place, field]): [string, Case] => [
      place,
      { field, type: 'ID!', own: (world) => world.ids.plan, missing: `pln_${'0'.repeat(26)}` },
    ]),
  ),
  ...Object.fromEntries(
    (['client', 'project'] as const).flatMap((thing): [string, Case][] => {
      const named = `${thing}Key: $name`
      const agreed = `engagements(${named}) { id note project { id key } }`
      const charged = `charges(month: "${month.from}", ${named}) { charges { engagement { id note } cost { direct { amount } } } }`
      return [
        [`Query.engagements(${thing}Key)`, byKey(thing, agreed, 'String')],
        [`Query.charges(${thing}Key)`, byKey(thing, charged, 'String')],
      ]
    }),
  ),
  'Query.priceProposal(projectKey)': byKey(
    'project',
    `priceProposal(projectKey: $name, ${range}) { project { id key } cost { direct { amount } } price { amount } }`,
    'String',
  ),
  'Query.priceProposal(clientKey)': byKey(
    'client',
    `priceProposal(clientKey: $name, ${range}) { client { id key } cost { direct { amount } } price { amount } }`,
    'String',
  ),
  'Query.alert(id)': {
    field:
      'alert(id: $name) { id title label subject { key label } actual { amount } budget { id } history { id note } contributors { key label } }',
    type: 'ID!',
    own: (world) => world.ids.alert,
    missing: `alr_${'0'.repeat(26)}`,
  },
  'Query.alerts(key)': byKey('agent', `alerts(scope: AGENT, key: $name) { nodes ${alertFields} totalCount }`),
  'Query.annotations(key)': byKey('agent', 'annotations(scope: AGENT, key: $name) { id key label note }'),
  'Query.allocationRun(id)': {
    field: `allocationRun(id: $name) { id pool { id name } policy { id } shares { agent ${agentFields} amount { amount } places { task { key } } } }`,
    type: 'ID!',
    own: (world) => world.ids.allocationRun,
    missing: `aln_${'0'.repeat(26)}`,
  },
  'Query.allocationJob(id)': {
    field: 'allocationJob(id: $name) { id requestedBy runs { id pool { id name } } }',
    type: 'ID!',
    own: (world) => world.ids.allocationJob,
    missing: `alj_${'0'.repeat(26)}`,
  },
  'Query.costRollup(filter.agents)': byFilter('agent', 'agents'),
  'Query.costRollup(filter.clients)': byFilter('client', 'clients'),
  'Query.costRollup(filter.projects)': byFilter('project', 'projects'),
  'Query.costRollup(filter.tasks)': byFilter('task', 'tasks'),
  'Query.costRollup(filter.providers)': byFilter('provider', 'providers'),
  'Query.costRollup(filter.resources)': byFilter('resource', 'resources'),
  'Query.costArithmetic(filter.agents)': arithmeticBy('agent', 'agents'),
  'Query.costArithmetic(filter.clients)': arithmeticBy('client', 'clients'),
  'Query.costArithmetic(filter.projects)': arithmeticBy('project', 'projects'),
  'Query.costArithmetic(filter.tasks)': arithmeticBy('task', 'tasks'),
  'Query.costArithmetic(filter.providers)': arithmeticBy('provider', 'providers'),
  'Query.costArithmetic(filter.resources)': arithmeticBy('resource', 'resources'),
  'Query.agents(after)': byCursor('agents', '', agentFields),
  'Query.clients(after)': byCursor('clients', '', '{ id key }'),
  'Query.projects(after)': byCursor('projects', '', '{ id key client { id key } }'),
  'Query.tasks(after)': byCursor('tasks', '', '{ id key client { id key } project { id key } }'),
  'Query.agentCosts(after)': byCursor('agentCosts', `${range},`, `{ agent ${agentFields} ${costs} }`),
  'Query.clientCosts(after)': byCursor('clientCosts', `${range},`, `{ client { id key } ${costs} }`),
  'Query.projectCosts(after)': byCursor('projectCosts', `${range},`, `{ project { id key } ${costs} }`),
  'Period.corrections(after)': byPeriodCursor(
    'corrections',
    'corrections(first: 3, after: $name) { nodes { agent { key } client { key } task { key } reference } totalCount }',
  ),
  'PeriodSnapshot.rows(after)': byPeriodCursor(
    'rows',
    'snapshots { rows(dimension: AGENT, first: 3, after: $name) { nodes { key label cost { direct { amount } } } } }',
  ),
  'Query.alerts(after)': byCursor('alerts', '', alertFields),
  'Query.reports(after)': byCursor('reports', '', '{ id kind client { id key } }'),
  'Query.auditLog(after)': byCursor('auditLog', '', '{ id action subject facts }'),
  'Query.taskCosts(after)': byCursor('taskCosts', `${range},`, `{ task { id key } ${costs} }`),
}

const nodeFields =
  '{ id __typename ... on Agent { key name } ... on Client { key name } ... on Project { key client { id key } } ... on Task { key client { id key } project { id key } } ... on CostPool { name scope { id key } } ... on AllocationPolicy { pool { name } scope { id key } } ... on Alert { title label } ... on Engagement { note project { key } } }'

const NODE_PREFIX = {
  agent: 'agt',
  client: 'cli',
  project: 'prj',
  task: 'tsk',
  costPool: 'pol',
  allocationPolicy: 'apl',
  alert: 'alr',
  engagement: 'eng',
} as const

/** node(id) for every kind of record that it can find. */
export const nodeCases: Record<string, Case> = Object.fromEntries(
  Object.entries(NODE_PREFIX).map(([kind, prefix]) => [
    `Query.node(id) of ${kind}`,
    {
      field: `node(id: $name) ${nodeFields}`,
      type: 'ID!',
      own: (world: World) => world.ids[kind as keyof typeof NODE_PREFIX],
      missing: `${prefix}_${'0'.repeat(26)}`,
    },
  ]),
)

/** Places that write: tested one by one, because what matters is what they leave behind. */
export const writingPlaces: readonly string[] = [
  'Mutation.discardRateCardDraft(input.id)',
  'Mutation.changeAllocationPolicy(id)',
  ...['approve', 'propose', 'reject', 'review', 'withdraw'].map((verb) => `Mutation.${verb}AllocationPolicy(id)`),
  ...['changeAllocationPolicy', 'createCostPool', 'draftAllocationPolicy'].flatMap((mutation) =>
    ['exemptions.agent', 'feeds.poolId', 'multipliers.agent', 'scope'].map(
      (field) => `Mutation.${mutation}(input.${field})`,
    ),
  ),
  ...['create', 'update'].map((verb) => `Mutation.${verb}Channel(input.scopes.key)`),
  ...['end', 'pause', 'resume', 'test', 'update'].map((verb) => `Mutation.${verb}Channel(id)`),
  ...['acknowledge', 'assign', 'dismiss', 'resolve', 'snooze'].map((verb) => `Mutation.${verb}Alert(id)`),
  'Mutation.addAnnotation(input.key)',
  'Mutation.endAnnotation(id)',
  'Mutation.deleteView(id)',
  // The same file of two tenants is two statements: server/src/modules/reconciliation/reconciliation.test.ts.
  'Mutation.importProviderStatement(input.text)',
  'Mutation.removeProviderStatement(id)',
  'Mutation.endBudget(id)',
  'Mutation.endEngagement(id)',
  ...['clientKey', 'projectKey'].flatMap((field) => [
    `Mutation.setEngagement(input.${field})`,
    `Query.chargePreview(input.${field})`,
  ]),
  'Mutation.reverseOutcome(input.taskKey)',
  'Mutation.publishClientLink(input.clientKey)',
  'Mutation.revokeClientLink(id)',
  'Mutation.changePlan(id)',
  'Mutation.adoptPlan(input.id)',
  ...['planId', 'clientKey', 'agentKey'].map((field) => `Mutation.notePlanLine(input.${field})`),
  ...['createPlan', 'changePlan'].flatMap((mutation) =>
    ['clientKey', 'agentKey'].map((field) => `Mutation.${mutation}(input.scenarios.changes.${field})`),
  ),
  'Mutation.giveAlertFeedback(id)',
  'Mutation.setBudget(input.key)',
  'Query.budgetBacktest(input.key)',
  'Query.forecast(key)',
  'Mutation.rotateChannelSecret(id)',
  'Mutation.replayDelivery(id)',
  'Mutation.createCostPool(input.name)',
  'Mutation.draftAllocationPolicy(input.poolId)',
  'Mutation.endCostPool(input.poolId)',
  'Mutation.importCostPools(input.csv)',
  'Mutation.setCostPoolAmount(input.poolId)',
  'Mutation.publishRateCard(input.id)',
  'Mutation.applyRerating(input.previewId)',
  'Mutation.runAllocation(input.poolIds)',
  'Query.allocationComparison(poolId)',
  'Query.allocationComparison(whatIf.multipliers.agent)',
  ...['previewRerating', 'simulateRates'].flatMap((mutation) =>
    ['agents', 'clients', 'projects', 'providers', 'resources', 'tasks'].map(
      (list) => `Mutation.${mutation}(input.filter.${list})`,
    ),
  ),
  'Mutation.recordInvocations(input.invocations.agent)',
  'Mutation.recordInvocations(input.invocations.client)',
  'Mutation.recordInvocations(input.invocations.id)',
  'Mutation.recordInvocations(input.invocations.parentSpan)',
  'Mutation.recordInvocations(input.invocations.project)',
  'Mutation.recordInvocations(input.invocations.sharedKey)',
  'Mutation.recordInvocations(input.invocations.span)',
  'Mutation.recordInvocations(input.invocations.task)',
  'Mutation.recordInvocations(input.invocations.trace)',
  'Mutation.retireRateCard(input.id)',
  ...['agent', 'client', 'parentSpan', 'project', 'sharedKey', 'span', 'task', 'trace'].map(
    (field) => `Mutation.replaceInvocation(input.replacement.${field})`,
  ),
  'Mutation.replaceInvocation(input.id)',
  'Mutation.changeMemberRole(client)',
  'Mutation.changeMemberRole(id)',
  'Mutation.inviteMember(input.client)',
  'Mutation.inviteMember(input.clients)',
  'Mutation.setMemberClients(clients)',
  'Mutation.setMemberClients(id)',
  'Mutation.assignAlert(to)',
  'Mutation.removeMember(id)',
  'Mutation.revokeInvitation(id)',
  // Of a person, in all their tenants: server/src/modules/account/account.test.ts.
  'Mutation.revokeSession(id)',
  'Mutation.revokeApiKey(id)',
  'Mutation.saveRateCardDraft(input.id)',
  // The file, whose it is, and how many rows a foreign name has: server/src/modules/export/export.test.ts.
  'Query.exportSize(input.filters.values)',
  'Mutation.startExport(input.filters.values)',
  // What a foreign name does is in server/src/modules/report/report.test.ts.
  ...['requestReport', 'createReportSchedule'].map((mutation) => `Mutation.${mutation}(input.clientKey)`),
  ...['restateReport', 'changeReportSchedule'].map((mutation) => `Mutation.${mutation}(input.id)`),
  ...['pause', 'resume', 'end'].map((verb) => `Mutation.${verb}ReportSchedule(id)`),
  'Mutation.revokeReportLink(id)',
  'Mutation.sendReport(input.editionId)',
  'Mutation.simulateRates(input.draftCardId)',
  'Mutation.upsertTask(input.client)',
  'Mutation.upsertTask(input.key)',
  'Mutation.upsertTask(input.project)',
  'Mutation.voidInvocation(input.id)',
  'Query.node(id)',
]

/** Text that finds no record: it is stored, compared with prices, or shown; or it names what belongs to all, the catalogue. */
export const textPlaces: readonly string[] = [
  'Mutation.addAnnotation(input.note)',
  'Mutation.adoptCatalogue(input.version)',
  'Mutation.dismissAlert(reason)',
  ...['name', 'query'].map((field) => `Mutation.saveView(input.${field})`),
  ...['name', 'timeZone', 'brand.light', 'brand.dark'].map((field) => `Mutation.updateTenantSettings(input.${field})`),
  'Mutation.setBudget(input.note)',
  'Mutation.setEngagement(input.note)',
  'Query.chargePreview(input.note)',
  'Mutation.reverseOutcome(input.reason)',
  // Names of providers and of what they sell, compared with the tenant's own statements and events.
  ...['provider', 'resource', 'reason'].map((field) => `Mutation.acceptVariance(input.${field})`),
  ...['name', 'mapping.field', 'mapping.column', 'mapping.text'].map(
    (field) => `Mutation.importProviderStatement(input.${field})`,
  ),
  ...['provider', 'note'].map((field) => `Mutation.poolUnattributed(input.${field})`),
  'Query.reconciliation(provider)',
  'Query.budgetBacktest(input.note)',
  'Mutation.approveAllocationPolicy(overrideReason)',
  'Mutation.rejectAllocationPolicy(reason)',
  'Mutation.reviewAllocationPolicy(note)',
  ...['changeAllocationPolicy', 'createCostPool', 'draftAllocationPolicy'].flatMap((mutation) =>
    ['exemptions.reason', 'note'].map((field) => `Mutation.${mutation}(input.${field})`),
  ),
  'Mutation.createCostPool(input.resource.name)',
  'Mutation.createCostPool(input.resource.provider)',
  'Mutation.setCostPoolAmount(input.note)',
  'Mutation.applyRerating(input.reason)',
  'Mutation.closePeriod(input.accept.item)',
  'Mutation.closePeriod(input.accept.reason)',
  'Mutation.createApiKey(input.name)',
  ...['create', 'update'].flatMap((verb) =>
    ['name', 'quietFrom', 'quietTo', 'target'].map((field) => `Mutation.${verb}Channel(input.${field})`),
  ),
  'Mutation.createApiKey(input.scopes)',
  // Invites by mail; that somebody signs in with the address is told to nobody but them.
  'Mutation.inviteMember(input.email)',
  ...['Query.exportSize', 'Mutation.startExport'].flatMap((field) => [
    `${field}(input.kind)`,
    `${field}(input.filters.name)`,
  ]),
  // Sends by mail, to whom it is told.
  ...['requestReport', 'restateReport', 'sendReport', 'createReportSchedule', 'changeReportSchedule'].map(
    (mutation) => `Mutation.${mutation}(input.recipients)`,
  ),
  'Mutation.restateReport(input.reason)',
  ...['Mutation.createReportSchedule(input.cron)', 'Mutation.changeReportSchedule(input.cron)'],
  'Query.reportSchedulePreview(cron)',
  ...['createPlan', 'changePlan'].flatMap((mutation) =>
    ['name', 'note', 'scenarios.name'].map((field) => `Mutation.${mutation}(input.${field})`),
  ),
  'Mutation.notePlanLine(input.text)',
  'Mutation.askQuestion(body)',
  'Mutation.publishClientLink(input.label)',
  'Query.auditLog(action)',
  'Query.auditLog(actor)',
  'Mutation.declineReopening(input.reason)',
  'Mutation.openPeriod(input.reason)',
  'Mutation.publishFxRates(input.source)',
  'Mutation.publishRates(input.note)',
  'Mutation.publishRates(input.rates.meter)',
  'Mutation.publishRates(input.rates.provider)',
  'Mutation.publishRates(input.rates.qualifiers)',
  'Mutation.publishRates(input.rates.resource)',
  'Mutation.recordInvocations(input.invocations.failure)',
  'Mutation.recordInvocations(input.invocations.name)',
  'Mutation.recordInvocations(input.invocations.provider)',
  'Mutation.recordInvocations(input.invocations.qualifiers)',
  'Mutation.recordInvocations(input.invocations.resource)',
  'Mutation.recordInvocations(input.invocations.usage.meter)',
  'Mutation.requestReopening(input.reason)',
  'Mutation.saveRateCardDraft(input.note)',
  'Mutation.saveRateCardDraft(input.provider)',
  'Mutation.saveRateCardDraft(input.rates.meter)',
  'Mutation.saveRateCardDraft(input.rates.provider)',
  'Mutation.saveRateCardDraft(input.rates.qualifiers)',
  'Mutation.saveRateCardDraft(input.rates.resource)',
  'Query.catalogueDifference(to)',
  ...['failure', 'name', 'provider', 'qualifiers', 'resource', 'usage.meter'].map(
    (field) => `Mutation.replaceInvocation(input.replacement.${field})`,
  ),
  'Mutation.replaceInvocation(input.reason)',
  'Mutation.simulateRates(input.substitutions.fromProvider)',
  'Mutation.simulateRates(input.substitutions.fromResource)',
  'Mutation.simulateRates(input.substitutions.toProvider)',
  'Mutation.simulateRates(input.substitutions.toResource)',
  'Mutation.softClosePeriod(input.reason)',
  'Mutation.upsertTask(input.name)',
  'Mutation.voidInvocation(input.reason)',
]
