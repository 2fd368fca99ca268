import { AsyncLocalStorage } from 'node:async_hooks'

/** Whose rows statements see. */
export interface TenantScope {
  readonly tenantId: string
  /** Clients that they are limited to (role outlay_limited): ids in lower case. null: all of the tenant. */
  readonly clientIds: readonly string[] | null
  /** The one client that is answered itself (role outlay_client), and read only; absent: somebody of the firm. */
  readonly answeredClient?: string
}

const storage = new AsyncLocalStorage<TenantScope | null>()
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A query was made for nobody. A bug: the caller forgot withTenant. */
export class NoTenantError extends Error {
  constructor() {
    super('This query runs for no tenant: call it inside withTenant(tenantId, …).')
    this.name = 'NoTenantError'
  }
}

/**
 * Runs work for one tenant: every query of a TenantPool inside it, also after awaits, sees that tenant's rows only; with `clientIds`, of
 * them only what is of these clients. What work returns is awaited inside, so that a Prisma query that was merely returned still runs in
 * the context.
 */
export function withTenant<T>(
  tenantId: string,
  work: () => T | PromiseLike<T>,
  clientIds: readonly string[] | null = null,
): Promise<T> {
  return storage.run(checkScope({ tenantId, clientIds }), async () => await work())
}

/** Runs work for a client of a tenant: every query sees what that client's charges are made of, and writes nothing. */
export function withClient<T>(tenantId: string, clientId: string, work: () => T | PromiseLike<T>): Promise<T> {
  const scope = checkScope({ tenantId, clientIds: null, answeredClient: clientId })
  return storage.run(scope, async () => await work())
}

/** Runs work outside any tenant: row-level security then refuses every tenant table, and only global ones answer. */
export function withoutTenant<T>(work: () => T | PromiseLike<T>): Promise<T> {
  return storage.run(null, async () => await work())
}

/** The tenant of the running work. Throws NoTenantError outside withTenant. */
export function currentTenant(): string {
  const scope = storage.getStore()
  if (!scope) throw new NoTenantError()
  return scope.tenantId
}

/** Null only inside withoutTenant; throws NoTenantError where nobody said anything. */
export function declaredScope(): TenantScope | null {
  const scope = storage.getStore()
  if (scope === undefined) throw new NoTenantError()
  return scope
}

/** The id is put into a statement as text (SET takes no parameters), so it must be a uuid and nothing else. */
export function checkTenantId(tenantId: string): string {
  return checkUuid(tenantId, 'tenant')
}

/** The scope with all its ids checked, as checkTenantId does. */
export function checkScope({ tenantId, clientIds, answeredClient }: TenantScope): TenantScope {
  return {
    tenantId: checkTenantId(tenantId),
    clientIds: clientIds === null ? null : clientIds.map((clientId) => checkUuid(clientId, 'client')),
    ...(answeredClient === undefined ? {} : { answeredClient: checkUuid(answeredClient, 'client') }),
  }
}

function checkUuid(id: string, of: string): string {
  const lower = id.toLowerCase()
  if (!uuid.test(lower)) throw new TypeError(`Not a ${of} id: ${JSON.stringify(id).slice(0, 60)}`)
  return lower
}

/**
 * What makes the rest of a transaction see no more than a scope, whose ids were checked. Limited to clients, it takes the role that has no
 * policy but those of its clients, and for a client itself the one that knows this client only: a statement that reaches for anything else
 * fails.
 */
export function setScopeStatement({ tenantId, clientIds, answeredClient }: TenantScope): string {
  const setTenant = `SET LOCAL app.tenant_id = '${tenantId}'`
  if (answeredClient !== undefined)
    return `${setTenant}; SET LOCAL app.client_id = '${answeredClient}'; SET LOCAL transaction_read_only = on; SET LOCAL ROLE outlay_client`
  if (clientIds === null) return setTenant
  return `${setTenant}; SET LOCAL app.client_ids = '{${clientIds.join(',')}}'; SET LOCAL ROLE outlay_limited`
}
