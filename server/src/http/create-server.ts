import { randomUUID } from 'node:crypto'
import { actOnAlert } from '@outlay/db/alerts/act-on-alert'
import { addAnnotation, endAnnotation, updateDetector } from '@outlay/db/anomalies/change-detector'
import { askQuestion, publishClientLink, revokeClientLink } from '@outlay/db/audience/client-links'
import { readClientView } from '@outlay/db/audience/client-view'
import { reverseOutcome } from '@outlay/db/billing/reverse-outcome'
import { endEngagement, setEngagement } from '@outlay/db/billing/set-engagement'
import { readEarningTerms, termsOfClients } from '@outlay/db/revenue/earning-terms'
import { endBudget, setBudget, setBudgets } from '@outlay/db/budgets/set-budget'
import { comparePool } from '@outlay/db/allocation/compare-pool'
import { requestRun } from '@outlay/db/allocation/request-run'
import { adoptCatalogue } from '@outlay/db/catalogue/adopt-catalogue'
import { loadCatalogue } from '@outlay/db/catalogue/load-catalogue'
import { channelChanges } from '@outlay/db/channels/channels'
import { sealer } from '@outlay/db/channels/seal'
import { Corrections } from '@outlay/db/corrections/correct-invocation'
import { discardRateCardDraft } from '@outlay/db/ingest/discard-rate-card-draft'
import { requestDemo, requestRemoval } from '@outlay/db/demo/own-demo'
import { Ingestor } from '@outlay/db/ingest/ingestor'
import { IngestUnavailableError } from '@outlay/db/ingest/ingest-error'
import { adoptPlan } from '@outlay/db/planning/adopt-plan'
import { changePlan, createPlan, notePlanLine } from '@outlay/db/planning/write-plan'
import { publishFxRates } from '@outlay/db/ingest/publish-fx-rates'
import { publishRateCard } from '@outlay/db/ingest/publish-rate-card'
import { publishRates } from '@outlay/db/ingest/publish-rates'
import { retireRateCard } from '@outlay/db/ingest/retire-rate-card'
import { saveRateCardDraft } from '@outlay/db/ingest/save-rate-card-draft'
import { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import { readAlertHandlers } from '@outlay/db/sql/read-members'
import { tenantSql } from '@outlay/db/sql/tenant-sql'
import { changeMemberRole, removeMember, setMemberClients } from '@outlay/db/members/change-member'
import { revokeInvitation } from '@outlay/db/members/invitations'
import { poolChanges } from '@outlay/db/pools/pools'
import { upsertTask } from '@outlay/db/ingest/upsert-task'
import { closePeriod } from '@outlay/db/periods/close-period'
import { agreeToReopening, declineReopening, requestReopening } from '@outlay/db/periods/reopen-period'
import { openPeriod, softClosePeriod } from '@outlay/db/periods/soft-close-period'
import { exportSize, readTable } from '@outlay/db/exports/read-table'
import { requestExport } from '@outlay/db/exports/request-export'
import { sendEdition } from '@outlay/db/reports/report-deliveries'
import { recipientStanding } from '@outlay/db/reports/recipient-standing'
import { editionOfLink, revokeLink } from '@outlay/db/reports/report-link'
import {
  changeSchedule,
  createSchedule,
  setScheduleState,
  subscribe,
  unsubscribe,
} from '@outlay/db/reports/report-schedules'
import { requestReport, restateReport } from '@outlay/db/reports/request-report'
import { requestApply } from '@outlay/db/rerating/request-apply'
import { requestPreview } from '@outlay/db/rerating/request-preview'
import { updateTenantSettings } from '@outlay/db/tenancy/update-settings'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { acceptVariances } from '@outlay/db/reconciliation/accept-variances'
import { findImported, importStatement, removeStatement } from '@outlay/db/reconciliation/import-statement'
import { deleteView, saveView } from '@outlay/db/views/saved-views'
import { tenantTransaction } from '@outlay/db/tenancy/tenant-transaction'
import { alertDeliverJob } from '@outlay/workers/jobs/alert-deliver'
import { allocationRunJob } from '@outlay/workers/jobs/allocation-run'
import type { JobContract } from '@outlay/workers/jobs/contract'
import { demoLoadJob } from '@outlay/workers/jobs/demo-load'
import { demoRemoveJob } from '@outlay/workers/jobs/demo-remove'
import { exportWriteJob } from '@outlay/workers/jobs/export-write'
import { reportDeliverJob } from '@outlay/workers/jobs/report-deliver'
import { reportWriteJob } from '@outlay/workers/jobs/report-write'
import { reratingApplyJob } from '@outlay/workers/jobs/rerating-apply'
import { reratingPreviewJob } from '@outlay/workers/jobs/rerating-preview'
import { type Mailer, openMailer } from '@outlay/workers/mail/mailer'
import { type Events, openEvents } from '@outlay/workers/events'
import { type JobQueue, openQueue } from '@outlay/workers/queue'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import pg from 'pg'
import { pino, type Logger } from 'pino'
import { ApiKeyAuth } from '../auth/api-key-auth.ts'
import { invite } from '../auth/invite.ts'
import { KeyUse } from '../auth/key-use.ts'
import { noteWayIn } from '../auth/note-way-in.ts'
import { readPeople } from '../auth/people.ts'
import { PersonAuth } from '../auth/person-auth.ts'
import { endOtherSessions, endSession, listSessions } from '../auth/sessions.ts'
import { createSignIn } from '../auth/sign-in.ts'
import type { ServerSettings } from '../env.ts'
import type { Authenticated } from '../auth/authenticate.ts'
import { registerExplorer } from '../explorer/explorer-route.ts'
import { startApollo } from '../graphql/apollo.ts'
import { apiError, type ErrorReport } from '../graphql/errors.ts'
import type { JobPayloads, Services } from '../graphql/services.ts'
import { registerExports } from '../exports/export-routes.ts'
import { registerStatements } from '../modules/reconciliation/statement-route.ts'
import { registerIngestRoutes } from '../ingest/routes.ts'
import { registerReports } from '../reports/report-routes.ts'
import { serveSubscriptions } from '../subscriptions/serve-subscriptions.ts'
import { SumsHints } from '../ingest/sums-hints.ts'
import { registerAuth } from './auth-route.ts'
import { clientPageUrl, registerClientPages } from '../transparency/client-pages.ts'
import { registerOwnStatement } from '../transparency/own-statement.ts'
import { StatementPrinter } from '../transparency/statement-printer.ts'
import { withoutSecret } from '../transparency/page-path.ts'
import { registerDemo } from './demo-route.ts'
import { drainBeforeClosing } from './drain.ts'
import { answerErrors } from './error-answers.ts'
import { FairGate } from './fair-gate.ts'
import { contextOf, registerGraphql } from './graphql-route.ts'
import { registerJoin } from './join-route.ts'
import { measureRequests } from './metrics.ts'
import { registerPortal } from './portal.ts'
import { routeUpgrades } from './route-upgrades.ts'
import { registerStatus } from './status-routes.ts'

/** Connections of outlay_app. */
const CONNECTIONS = 12

/** GraphQL documents answered at once: enough that no connection is idle while one computes, few enough that none waits long for one. */
const DOCUMENTS_AT_ONCE = 4 * CONNECTIONS

export interface Server {
  app: FastifyInstance
  /** The pool of outlay_app, for who arranges things in the same process. */
  pool: TenantPool
  authPool: pg.Pool
  ingestor: Ingestor
  configs: TenantConfigs
  /** Where requests leave work that takes longer than they do. */
  queue: JobQueue
  /** Begins to listen; answers the address. */
  listen: () => Promise<string>
  /** Takes no more requests, finishes those that run, writes what is waiting, closes the pools. */
  close: () => Promise<void>
}

/** Everything on the one port: GraphQL, ingest, sign-in, status and the portal. Listens only when told to. */
export async function createServer(settings: ServerSettings): Promise<Server> {
  const logger = createLogger(settings.logLevel)
  const pool = new TenantPool({ url: settings.appDatabaseUrl, max: CONNECTIONS })
  const authPool = new pg.Pool({
    connectionString: settings.authDatabaseUrl,
    max: 6,
    connectionTimeoutMillis: 10_000,
    application_name: 'outlay-auth',
  })
  authPool.on('error', (error) => logger.warn({ err: error }, 'a connection of the auth pool was lost'))

  const queue = openQueue(settings.queueHome, { log: logger })
  const configs = new TenantConfigs({ pool, catalogue: await loadCatalogue() })
  const events = openEvents(settings.queueHome, { log: logger })
  const hints = new SumsHints(events)
  const ingestor = new Ingestor({ pool, configs, onRecorded: (tenantId) => hints.note(tenantId) })
  const keyUse = new KeyUse({
    pool,
    onError: (error) => logger.warn({ err: error }, 'the last use of keys could not be noted'),
  })
  const keys = new ApiKeyAuth({ pool: authPool, onUse: (use) => keyUse.note(use) })
  const mailer = openMailer(settings)
  const signIn = createSignIn({
    pool: authPool,
    tenants: pool,
    secret: settings.secret,
    publicUrl: settings.publicUrl,
    hasPublicUrl: settings.hasPublicUrl,
    mailer,
    oidc: settings.oidc,
    onLinked: (userId) => noteLinked({ pool, authPool, people }, userId),
    log: (message) => logger.warn({ from: 'better-auth' }, message),
  })
  const people: PersonAuth = new PersonAuth({ signIn, pool: authPool })
  const report = ({ requestId, path, error }: ErrorReport) =>
    logger.error({ err: error, requestId, path }, 'GraphQL field failed')
  const apollo = await startApollo({ report })
  const services = createServices({
    pool,
    authPool,
    mailer,
    configs,
    ingestor,
    keys,
    people,
    queue,
    events,
    hints,
    settings,
    log: logger,
  })

  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
    requestTimeout: 60_000,
    connectionTimeout: 0,
    routerOptions: { maxParamLength: 512 },
  })
  answerErrors(app)
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id)
    done()
  })
  const drain = drainBeforeClosing(app)
  const gate = new FairGate(DOCUMENTS_AT_ONCE)
  const metrics = measureRequests(app, gate)
  registerStatus(app, { authPool, metrics, isStopping: drain.hasBegun })
  registerGraphql(app, { apollo, gate, keys, people, pool, services, publicUrl: settings.publicUrl, report })
  const subscriptions = serveSubscriptions({
    keys,
    people,
    pool,
    authPool,
    services,
    events,
    publicUrl: settings.publicUrl,
    report,
    log: logger,
  })
  registerAuth(app, { signIn, people, pool, oidc: settings.oidc, publicUrl: settings.publicUrl })
  registerJoin(app, { pool, authPool, people, publicUrl: settings.publicUrl })
  registerDemo(app, { authPool })
  const printer = new StatementPrinter()
  app.addHook('onClose', () => printer.close())
  registerClientPages(app, { pool, authPool, view: services.clientPages.view, printer })
  const routeDeps = {
    keys,
    people,
    contextOf: (asker: Authenticated, requestId: string) => contextOf(asker, { pool, services, requestId }),
    publicUrl: settings.publicUrl,
  }
  registerExports(app, routeDeps)
  registerStatements(app, routeDeps)
  registerReports(app, { ...routeDeps, pool })
  registerOwnStatement(app, { ...routeDeps, printer })
  registerExplorer(app, { keys, people })
  registerIngestRoutes(app, {
    ingestor,
    pool,
    authenticate: async (authorization) => {
      const holder = await keys.authenticate(authorization)
      return holder === null ? null : { tenantId: holder.tenant.id, scopes: holder.scopes }
    },
  })
  await registerPortal(app, settings.portal, { isDevelopment: settings.isDevelopment })
  // Everybody else who listens for upgrades does so by now.
  app.addHook('onReady', (done) => {
    routeUpgrades(app.server, { path: '/graphql', onUpgrade: subscriptions.onUpgrade })
    done()
  })

  return {
    app,
    pool,
    authPool,
    ingestor,
    configs,
    queue,
    listen: () => app.listen({ host: settings.host, port: settings.port }),
    close: async () => {
      await Promise.all([drain.begin(), subscriptions.close()])
      await app.close()
      await apollo.stop()
      await ingestor.drain()
      await keyUse.close()
      hints.close()
      await Promise.all([pool.end(), authPool.end(), queue.close(), events.close()])
    },
  }
}

const JOBS: { [Name in keyof JobPayloads]: JobContract<JobPayloads[Name]> } = {
  'rerating.preview': reratingPreviewJob,
  'rerating.apply': reratingApplyJob,
  'allocation.run': allocationRunJob,
  'export.write': exportWriteJob,
  'alert.deliver': alertDeliverJob,
  'report.write': reportWriteJob,
  'report.deliver': reportDeliverJob,
  'demo.load': demoLoadJob,
  'demo.remove': demoRemoveJob,
}

function createServices(deps: {
  pool: TenantPool
  authPool: pg.Pool
  mailer: Mailer
  configs: TenantConfigs
  ingestor: Ingestor
  keys: ApiKeyAuth
  people: PersonAuth
  queue: JobQueue
  events: Events
  hints: SumsHints
  settings: Pick<ServerSettings, 'secret' | 'hooks' | 'publicUrl'>
  log: Logger
}): Services {
  const { pool, authPool, mailer, configs, ingestor, keys, people, queue, events, hints, settings, log } = deps
  const corrections = new Corrections({ pool, configs })
  const enqueue: Services['enqueue'] = async (job, payload) => {
    try {
      await queue.enqueue(JOBS[job], payload)
    } catch (error) {
      log.warn({ err: error, job, payload }, 'a job could not be put into the queue; its row asks for it')
    }
  }
  /** What changed alerts tells those who follow them, and whoever sends what is to be told. */
  const telling = async <T extends { alertIds: string[]; deliveryIds: string[] }>(
    tenantId: string,
    change: Promise<T>,
  ): Promise<T> => {
    const done = await change
    for (const alertId of done.alertIds) void events.publish('alert', tenantId, { alertId })
    for (const deliveryId of done.deliveryIds) void enqueue('alert.deliver', { tenantId, deliveryId })
    return done
  }
  /** What changed sums tells those who watch them, once it is committed. */
  const hinting = async <T>(tenantId: string, change: Promise<T>): Promise<T> => {
    const done = await change
    hints.note(tenantId)
    return done
  }
  return {
    record: async (tenantId, items) => {
      try {
        return await ingestor.record({ tenantId, items })
      } catch (error) {
        if (error instanceof IngestUnavailableError) throw apiError('UNAVAILABLE', error.message)
        throw error
      }
    },
    upsertTask: (tenantId, input, clientIds) =>
      hinting(tenantId, upsertTask({ pool, configs, now: Date.now() * 1_000 }, tenantId, input, clientIds)),
    publishRates: (tenantId, { rates, ...head }) => publishRates({ pool }, tenantId, rates, head),
    saveRateCardDraft: (tenantId, draft) => saveRateCardDraft({ pool }, tenantId, draft),
    publishRateCard: (tenantId, cardId) => publishRateCard({ pool }, tenantId, cardId),
    discardRateCardDraft: (tenantId, cardId) => discardRateCardDraft({ pool }, tenantId, cardId),
    retireRateCard: (tenantId, retirement) => retireRateCard({ pool }, tenantId, retirement),
    adoptCatalogue: (tenantId, version) => adoptCatalogue({ pool }, tenantId, version),
    catalogue: (tenantId, version) =>
      tenantTransaction(pool, tenantId, (client) =>
        version === undefined ? configs.catalogues.ofTenant(client, tenantId) : configs.catalogues.get(client, version),
      ),
    periods: periodServices({ pool, configs }, hinting),
    publishFxRates: (tenantId, input) => publishFxRates({ pool }, tenantId, input),
    prices: async (tenantId) => (await configs.current(tenantId)).prices,
    voidInvocation: (tenantId, input) => hinting(tenantId, corrections.voidInvocation(tenantId, input)),
    replaceInvocation: (tenantId, input) => hinting(tenantId, corrections.replaceInvocation(tenantId, input)),
    updateSettings: async (tenantId, settings) => {
      const outcome = await updateTenantSettings(pool, tenantId, settings)
      // Who belongs where is remembered with name, currency and time zone of the tenant.
      keys.forget()
      people.forgetAll()
      return outcome
    },
    requestRun: (tenantId, request) => requestRun({ pool }, tenantId, request),
    comparePool: (tenantId, request) => comparePool({ pool }, tenantId, request),
    ...accessServices({ pool, authPool, mailer, people, publicUrl: settings.publicUrl, log }),
    pools: poolChanges({ pool }),
    channels: channelChanges({ pool, sealer: sealer(settings.secret), hooks: settings.hooks }),
    budgets: {
      set: (tenantId, wish) => telling(tenantId, setBudget({ pool, nowMs: Date.now() }, tenantId, wish)),
      end: (tenantId, wish) => telling(tenantId, endBudget({ pool, nowMs: Date.now() }, tenantId, wish)),
    },
    billing: {
      setEngagement: (tenantId, wish) => setEngagement({ pool }, tenantId, wish),
      endEngagement: (tenantId, wish) => endEngagement({ pool }, tenantId, wish),
      reverseOutcome: (tenantId, wish) => reverseOutcome({ pool }, tenantId, wish),
      // Read with the eyes of the tenant: the charges of a client's work are made of more than somebody limited to it may read.
      earningTerms: async (tenantId, { clientIds, ...asked }) =>
        termsOfClients(await readEarningTerms(tenantSql(pool, tenantId), asked), clientIds),
    },
    clientPages: {
      view: (ask) => readClientView(pool, ask),
      publish: async (tenantId, wish) => {
        const { secret, ...outcome } = await publishClientLink({ pool }, tenantId, wish)
        return { ...outcome, url: secret === null ? null : clientPageUrl(settings.publicUrl, secret) }
      },
      revoke: (tenantId, wish) => revokeClientLink({ pool }, tenantId, wish),
      ask: (tenantId, wish) => askQuestion({ pool }, tenantId, wish),
    },
    planning: {
      create: (tenantId, { today, currency, ...wish }) => createPlan({ pool, today, currency }, tenantId, wish),
      change: (tenantId, wish) => changePlan({ pool }, tenantId, wish),
      adopt: (db, { currency, ...wish }) =>
        adoptPlan(
          { pool, db, currency },
          {
            ...wish,
            setBudgets: (wish) => telling(db.tenantId, setBudgets({ pool, nowMs: Date.now() }, db.tenantId, wish)),
          },
        ),
      note: (tenantId, wish) => notePlanLine({ pool }, tenantId, wish),
    },
    alerts: {
      act: async (tenantId, wish) => {
        const outcome = await actOnAlert({ pool }, tenantId, wish)
        const alertIds = outcome.alertId === null ? [] : [outcome.alertId]
        await telling(tenantId, Promise.resolve({ alertIds, deliveryIds: outcome.deliveryIds }))
        return outcome
      },
    },
    detector: {
      update: (tenantId, wish) => updateDetector({ pool }, tenantId, wish),
      annotate: (tenantId, wish) => addAnnotation({ pool }, tenantId, wish),
      endAnnotation: (tenantId, wish) => endAnnotation({ pool }, tenantId, wish),
    },
    demo: {
      load: async (tenantId, by) => {
        const outcome = await requestDemo({ pool }, tenantId, by)
        if (outcome.userErrors.length === 0) await enqueue('demo.load', { tenantId })
        return outcome
      },
      remove: async (tenantId) => {
        const outcome = await requestRemoval({ pool }, tenantId)
        // Its keys and members are refused by this process at once, by others within 5 seconds.
        keys.forget()
        people.forgetAll()
        if (outcome.userErrors.length === 0) await enqueue('demo.remove', { tenantId })
        return outcome
      },
    },
    views: {
      save: (tenantId, wish) => saveView({ pool }, tenantId, wish),
      delete: (tenantId, wish) => deleteView({ pool }, tenantId, wish),
    },
    exports: {
      request: (tenantId, request) => requestExport({ pool }, tenantId, request),
      size: (tenantId, ask) => exportSize(pool, tenantId, ask),
      read: (ask) => readTable(pool, ask),
    },
    reports: reportServices({ pool, authPool }),
    reconciliation: {
      importStatement: (tenantId, wish) => importStatement({ pool }, tenantId, wish),
      findImported: (tenantId, text) => findImported({ pool }, tenantId, text),
      removeStatement: (tenantId, statementId) => removeStatement({ pool }, tenantId, statementId),
      accept: (tenantId, wish) => acceptVariances({ pool }, tenantId, wish),
    },
    requestPreview: (tenantId, request) => requestPreview({ pool }, tenantId, request),
    requestApply: (ref, request) => requestApply({ pool }, ref, request),
    enqueue,
    forgetKey: () => keys.forget(),
    memberships: async (userId) => {
      const memberships = await people.memberships(userId)
      const keyOf = new Map(memberships.map(({ tenant }) => [tenant.id, tenant.key]))
      return memberships.map(({ tenant, role, isDemo, demoOf }) => ({
        tenantKey: tenant.key,
        tenantName: tenant.name,
        role,
        isDemo,
        isExample: demoOf !== null,
        exampleOf: demoOf === null ? null : (keyOf.get(demoOf) ?? null),
      }))
    },
  }
}

function periodServices(
  { pool, configs }: { pool: TenantPool; configs: TenantConfigs },
  hinting: <T>(tenantId: string, change: Promise<T>) => Promise<T>,
): Services['periods'] {
  const deps = () => ({ pool, configs, now: Date.now() })
  return {
    softClose: (tenantId, wish) => softClosePeriod(deps(), tenantId, wish),
    open: (tenantId, wish) => openPeriod(deps(), tenantId, wish),
    close: (tenantId, wish) => closePeriod(deps(), tenantId, wish),
    requestReopening: (tenantId, wish) => requestReopening(deps(), tenantId, wish),
    agreeToReopening: (tenantId, wish) => hinting(tenantId, agreeToReopening(deps(), tenantId, wish)),
    declineReopening: (tenantId, wish) => declineReopening(deps(), tenantId, wish),
  }
}

function reportServices({ pool, authPool }: { pool: TenantPool; authPool: pg.Pool }): Services['reports'] {
  const deps = () => ({ pool, nowMs: Date.now() })
  return {
    request: (tenantId, request) => requestReport(deps(), tenantId, request),
    restate: (tenantId, request) => restateReport({ pool }, tenantId, request),
    send: (tenantId, wish) => sendEdition({ pool }, tenantId, wish),
    nonReaders: async (tenantId, { kind, recipients }) => {
      const others: string[] = []
      for (const recipient of recipients) {
        const address = recipient.trim().toLowerCase()
        const standing = await recipientStanding(authPool, { tenantId, recipient: address, kind, clientId: null })
        if (standing !== 'READER') others.push(recipient)
      }
      return others
    },
    editionOfLink: (tenantId, linkId) => editionOfLink({ pool }, tenantId, linkId),
    revokeLink: (tenantId, wish) => revokeLink({ pool }, tenantId, wish),
    createSchedule: (tenantId, request) => createSchedule(deps(), tenantId, request),
    changeSchedule: (tenantId, wish) => changeSchedule(deps(), tenantId, wish),
    setScheduleState: (tenantId, wish) => setScheduleState(deps(), tenantId, wish),
    subscribe: (tenantId, who) => subscribe(deps(), tenantId, who),
    unsubscribe: (tenantId, userId) => unsubscribe({ pool }, tenantId, userId),
  }
}

/** Notes in each of their tenants that somebody's account is opened by the provider from now on. */
async function noteLinked(
  { pool, authPool, people }: { pool: TenantPool; authPool: pg.Pool; people: PersonAuth },
  userId: string,
): Promise<void> {
  const [found, memberships] = await Promise.all([readPeople(authPool, [userId]), people.memberships(userId)])
  const email = found.get(userId)?.email
  if (email !== undefined) await noteWayIn(pool, { userId, email, memberships }, 'linkProvider')
}

/** Requests are logged by method and path, without the secrets of links; headers, where keys and cookies are, are not. */
function createLogger(level: string): Logger {
  return pino({
    level,
    base: null,
    serializers: {
      req: (request: { method: string; url: string; id: string }) => ({
        id: request.id,
        method: request.method,
        path: withoutSecret(request.url.split('?')[0] ?? ''),
      }),
      res: (reply: { statusCode: number }) => ({ status: reply.statusCode }),
    },
    redact: ['req.headers', 'headers', '*.authorization', '*.cookie', '*.password'],
  })
}

/** Who belongs to a tenant, and where they are signed in. What ends here is refused by this process at once, and by others within 5 seconds. */
function accessServices(deps: {
  pool: TenantPool
  authPool: pg.Pool
  mailer: Mailer
  people: PersonAuth
  publicUrl: string
  log: Logger
}): Pick<Services, 'people' | 'sessions' | 'members'> {
  const { pool, authPool, mailer, people, publicUrl, log } = deps
  const forgetting = async <T>(change: Promise<T>): Promise<T> => {
    const done = await change
    people.forgetAll()
    return done
  }
  const onError = (error: unknown): void => log.warn({ err: error }, 'an invitation could not be sent')
  return {
    people: { read: (userIds) => readPeople(authPool, userIds) },
    sessions: {
      list: (userId) => listSessions(authPool, userId),
      end: (userId, id) => forgetting(endSession(authPool, { userId, id })),
      endOthers: (userId, but) => forgetting(endOtherSessions(authPool, { userId, but })),
    },
    members: {
      invite: (tenant, wish) => invite({ pool, authPool, mailer, publicUrl, onError }, tenant, wish),
      revokeInvitation: (tenantId, wish) => revokeInvitation({ pool }, tenantId, wish),
      changeRole: (tenantId, wish) => forgetting(changeMemberRole({ pool }, tenantId, wish)),
      setClients: (tenantId, wish) => forgetting(setMemberClients({ pool }, tenantId, wish)),
      remove: (tenantId, wish) => forgetting(removeMember({ pool }, tenantId, wish)),
      handlersOf: (tenantId, alertId) => readAlertHandlers(tenantSql(pool, tenantId), alertId),
    },
  }
}
