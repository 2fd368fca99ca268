/** What a member of a tenant may do is decided by the role of the membership; a CLIENT is bound to one client of the tenant. */
export const ROLES = ['OWNER', 'ADMIN', 'FINANCE', 'PROJECT_MANAGER', 'VIEWER', 'CLIENT'] as const
export type Role = (typeof ROLES)[number]

/** What a machine may do is decided by the scopes of its API key. */
export const SCOPES = ['ingest', 'read', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

interface Rule {
  /** What one may do with it, in words. */
  may: string
  roles: readonly Role[]
  scopes: readonly Scope[]
  /** Whether a project manager who is limited to some clients may do it too, for these clients. Without it, it does not exist for them. */
  ofClients?: true
}

const EVERYBODY = ROLES
const STAFF = ['OWNER', 'ADMIN', 'FINANCE', 'PROJECT_MANAGER', 'VIEWER'] as const
const MANAGEMENT = ['OWNER', 'ADMIN', 'FINANCE', 'PROJECT_MANAGER'] as const
const MONEY_KEEPERS = ['OWNER', 'ADMIN', 'FINANCE'] as const
const OWNERS = ['OWNER'] as const
const CLIENTS = ['CLIENT'] as const
const ADMINS = ['OWNER', 'ADMIN'] as const
const ANY_KEY = SCOPES
const READERS = ['read', 'admin'] as const

/**
 * The one table of who may do what (law L27). An action that a role may not do does not exist for it: reading answers NOT_FOUND, and
 * a mutation FORBIDDEN. A key without the scope is told FORBIDDEN, because its owner chose the scopes.
 */
export const POLICY = {
  'viewer.read': {
    may: 'see who they are and the name of the tenant',
    roles: EVERYBODY,
    scopes: ANY_KEY,
    ofClients: true,
  },
  'schema.read': {
    may: 'browse the schema, and see who may use what',
    roles: STAFF,
    scopes: READERS,
    ofClients: true,
  },
  'task.list': {
    may: 'list tasks; a CLIENT only those of its client',
    roles: EVERYBODY,
    scopes: READERS,
    ofClients: true,
  },
  'task.read': {
    may: 'see client, project and billed amount of a task',
    roles: STAFF,
    scopes: ANY_KEY,
    ofClients: true,
  },
  'dimension.read': {
    may: 'list agents, clients and projects, and search',
    roles: STAFF,
    scopes: READERS,
    ofClients: true,
  },
  'cost.read': {
    may: 'read the costs of clients and tasks, roll-ups, chains and events',
    roles: STAFF,
    scopes: READERS,
    ofClients: true,
  },
  'fleet.read': {
    may: 'read the costs of the fleet and of its agents, what has no price, and re-ratings',
    roles: STAFF,
    scopes: READERS,
  },
  'rate.read': { may: 'read rate cards, catalogues and FX rates', roles: STAFF, scopes: READERS },
  'usage.record': { may: 'record invocations', roles: ADMINS, scopes: ['ingest'] },
  'task.write': {
    may: 'create and change tasks',
    roles: MANAGEMENT,
    scopes: ['ingest', 'admin'],
    ofClients: true,
  },
  'rate.publish': {
    may: 'publish and retire rates, publish FX rates, adopt a catalogue',
    roles: MONEY_KEEPERS,
    scopes: ['admin'],
  },
  'rating.correct': { may: 'void and replace recorded invocations', roles: MONEY_KEEPERS, scopes: ['admin'] },
  'rating.rerate': {
    may: 'preview and apply re-ratings, and simulate prices',
    roles: MONEY_KEEPERS,
    scopes: ['admin'],
  },
  'pool.read': { may: 'see pools, policies, allocation runs and periods', roles: STAFF, scopes: READERS },
  'pool.manage': { may: 'create, change and import cost pools', roles: MONEY_KEEPERS, scopes: ['admin'] },
  'allocation.run': { may: 'run allocations', roles: MONEY_KEEPERS, scopes: ['admin'] },
  'allocation.policy': {
    may: 'draft, propose, approve and review allocation policies',
    roles: MONEY_KEEPERS,
    scopes: ['admin'],
  },
  'allocation.override': {
    may: 'approve an allocation policy of their own, with a reason',
    roles: OWNERS,
    scopes: ['admin'],
  },
  'alert.read': {
    may: 'see alerts, and follow them live',
    roles: STAFF,
    scopes: READERS,
    ofClients: true,
  },
  'alert.handle': {
    may: 'acknowledge, resolve, dismiss, snooze and assign alerts, and say what they were worth',
    roles: MANAGEMENT,
    scopes: ['admin'],
    ofClients: true,
  },
  'budget.read': { may: 'see budgets', roles: STAFF, scopes: READERS, ofClients: true },
  'budget.try': { may: 'try budgets out', roles: STAFF, scopes: READERS },
  'budget.manage': { may: 'set, change and end budgets', roles: MANAGEMENT, scopes: ['admin'] },
  'detector.read': { may: 'see how anomalies are judged', roles: STAFF, scopes: READERS },
  'detector.manage': {
    may: 'change how anomalies are judged, and annotate days',
    roles: MANAGEMENT,
    scopes: ['admin'],
  },
  'forecast.read': { may: 'see forecasts', roles: STAFF, scopes: READERS },
  'billing.read': {
    may: 'see the terms of engagements, what they charge, and the margins',
    roles: MANAGEMENT,
    scopes: READERS,
  },
  'billing.manage': {
    may: 'set and end the terms of engagements, and take outcomes back',
    roles: MONEY_KEEPERS,
    scopes: ['admin'],
  },
  'client.own': {
    may: 'see the months of their own work as their client is shown it, and ask about them',
    roles: CLIENTS,
    scopes: [],
  },
  'transparency.read': {
    may: 'see what clients are shown, the links to it, their use, and what was asked',
    roles: MANAGEMENT,
    scopes: READERS,
  },
  'transparency.manage': {
    may: 'publish and revoke links by which a client sees its work',
    roles: MANAGEMENT,
    scopes: ['admin'],
  },
  'plan.read': {
    may: 'see annual plans, their forecast, and months against them',
    roles: MONEY_KEEPERS,
    scopes: READERS,
  },
  'plan.manage': {
    may: 'make, change and adopt annual plans, and note why a month came otherwise',
    roles: MONEY_KEEPERS,
    scopes: ['admin'],
  },
  'channel.read': { may: 'see channels and what was delivered', roles: STAFF, scopes: READERS },
  'channel.manage': {
    may: 'create, change, test and end channels, and replay deliveries',
    roles: MANAGEMENT,
    scopes: ['admin'],
  },
  'period.close': { may: 'soft-close and close a month', roles: MONEY_KEEPERS, scopes: ['admin'] },
  'period.reopen': {
    may: 'ask for the reopening of a closed month, and agree to it',
    roles: MONEY_KEEPERS,
    scopes: [],
  },
  'reconciliation.read': {
    may: 'compare provider invoices with attributed cost',
    roles: STAFF,
    scopes: READERS,
  },
  'reconciliation.manage': {
    may: 'import and remove provider statements, and accept variances',
    roles: MONEY_KEEPERS,
    scopes: ['admin'],
  },
  'report.read': {
    may: 'see reports, their editions and schedules, and what was sent to whom',
    roles: STAFF,
    scopes: READERS,
  },
  'report.request': {
    may: 'have project weeklies made, restated, scheduled and sent',
    roles: MANAGEMENT,
    scopes: ['admin'],
  },
  'report.manage': {
    may: 'have finance packs and client statements made, restated, scheduled and sent',
    roles: MONEY_KEEPERS,
    scopes: ['admin'],
  },
  'report.subscribe': { may: 'be sent the weekly report, and end that', roles: STAFF, scopes: [] },
  'tenant.settings': { may: 'change the settings of the tenant', roles: ADMINS, scopes: ['admin'] },
  'key.manage': { may: 'list, create and revoke API keys', roles: ADMINS, scopes: ['admin'] },
  'member.manage': { may: 'see, invite, change and remove members', roles: ADMINS, scopes: ['admin'] },
  'audit.read': { may: 'read the audit log', roles: MONEY_KEEPERS, scopes: ['admin'] },
  'policy.read': { may: 'see who may do what', roles: STAFF, scopes: READERS, ofClients: true },
  'account.manage': {
    may: 'see and end their own sessions, and set up a second factor',
    roles: EVERYBODY,
    scopes: [],
    ofClients: true,
  },
  'view.save': { may: 'save views of pages, and share them', roles: STAFF, scopes: [], ofClients: true },
  'export.start': {
    may: 'start exports of tables that they may read, and fetch their own',
    roles: STAFF,
    scopes: READERS,
  },
  'demo.manage': { may: 'load and remove example data', roles: ADMINS, scopes: [] },
} as const satisfies Record<string, Rule>

export type Action = keyof typeof POLICY

/** Who asks: a machine by its key's scopes, or a person by the role in the tenant. `isLimited`: to some clients of it. */
export type Asker = { kind: 'key'; scopes: readonly string[] } | { kind: 'user'; role: Role; isLimited?: boolean }

/**
 * Whether the asker may do it.
 *
 *     isAllowed({ kind: 'user', role: 'CLIENT' }, 'cost.read')        // false
 *     isAllowed({ kind: 'user', role: 'PROJECT_MANAGER', isLimited: true }, 'fleet.read') // false
 *     isAllowed({ kind: 'key', scopes: ['ingest'] }, 'usage.record') // true
 */
export function isAllowed(asker: Asker, action: Action): boolean {
  const rule: Rule = POLICY[action]
  if (asker.kind === 'user')
    return rule.roles.includes(asker.role) && (asker.isLimited !== true || rule.ofClients === true)
  return rule.scopes.some((scope) => asker.scopes.includes(scope))
}

/** Whether a text names a role. */
export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text)
}

/** Whether a text names a scope. */
export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text)
}
