// Which room may know which: domain ◄ db (prisma/) ◄ workers ◄ server; web sees the API's schema and the pure domain.
// Every comment tells whoever breaks the rule what to do instead. Run by `npm run check` and by test/architecture.

const isTest = '\\.test\\.tsx?$'
const isTestSupport = '(\\.test\\.tsx?|-test-kit\\.ts|/test-[^/]+\\.ts|/testing/.*)$'

module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment:
        'The domain is arithmetic: no database, no network, no clock, no Node.js module. Take what is needed as an argument, ' +
        'or put the code that fetches it into prisma/, workers/ or server/ and call the domain from there.',
      severity: 'error',
      from: { path: '^domain/src', pathNot: isTestSupport },
      to: { pathNot: '^domain/(src|data)|^node_modules/(zod|temporal-polyfill|decimal\\.js)/' },
    },
    {
      name: 'db-knows-only-domain',
      comment:
        'The database package is below workers, server and portal. Move what is shared down into domain/ or prisma/, or ' +
        'take it as an argument.',
      severity: 'error',
      from: { path: '^prisma' },
      to: { path: '^(workers|server|web|test)/' },
    },
    {
      name: 'workers-are-below-server',
      comment: 'A worker runs without the server. Move what both need into domain/ or prisma/.',
      severity: 'error',
      from: { path: '^workers' },
      to: { path: '^(server|web|test)/' },
    },
    {
      name: 'server-sees-contracts-of-jobs-only',
      comment:
        'The server puts jobs into the queue, it does not run them. Import the contract from workers/src/jobs; handlers and ' +
        'what runs them stay where the worker alone can load them. Both send mail, through workers/src/mail.',
      severity: 'error',
      from: { path: '^server', pathNot: isTest },
      to: { path: '^workers/src/(?!jobs/|mail/|(queue|queue-home|events)\\.ts$)' },
    },
    {
      name: 'server-does-not-know-portal',
      comment: 'The server hands requests to the built portal by its folder or address, never by an import.',
      severity: 'error',
      from: { path: '^server' },
      to: { path: '^(web|test)/' },
    },
    {
      name: 'portal-sees-schema-and-domain',
      comment:
        'The portal reads through the GraphQL API. Add the field to the schema (server/src/modules) and an operation beside ' +
        'the component; formatting of values may come from domain/.',
      severity: 'error',
      from: { path: '^web' },
      to: { path: '^(prisma|workers|server|test)/' },
    },
    {
      name: 'requests-use-restricted-roles',
      comment:
        'What creates and migrates databases works as their owner and belongs to the supervisor. Requests run under ' +
        'the restricted roles: use prisma/src/tenancy, ingest and sql.',
      severity: 'error',
      from: { path: '^(server/src/(?!supervisor/)|workers/src/)', pathNot: isTestSupport },
      to: { path: '^prisma/src/(embedded|migrate)/' },
    },
    {
      name: 'supervisor-is-not-the-server',
      comment:
        'The supervisor starts processes and speaks to them by environment and signals; it loads none of their code ' +
        'but what makes tenants and people.',
      severity: 'error',
      from: { path: '^server/src/supervisor/', pathNot: isTest },
      to: {
        path: '^(workers/|server/src/(http|graphql|modules|ingest|reads|auth)/)',
        pathNot: '^server/src/auth/(create-user|provision-tenant)\\.ts$',
      },
    },
    {
      name: 'command-line-speaks-http',
      comment:
        'The command line works against any Outlay, near or far: call the HTTP API instead of importing its code.',
      severity: 'error',
      from: { path: '^server/src/cli/', pathNot: isTest },
      to: { path: '^(prisma|workers)/|^server/src/(?!cli/)' },
    },
    {
      name: 'no-cycles',
      comment:
        'Two files that need each other are one idea or three: merge them, or move the shared part into a third file.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'tests-are-not-imported',
      comment: 'Move what other files need out of the test file, into a file of its own beside it.',
      severity: 'error',
      from: {},
      to: { path: isTest },
    },
    {
      name: 'imports-resolve',
      comment: 'The file or package does not exist. Relative imports carry their extension: ./x.ts.',
      severity: 'error',
      from: {},
      // Next.js answers for server-only itself.
      to: { couldNotResolve: true, pathNot: '^server-only$' },
    },
    {
      name: 'packages-are-declared',
      comment:
        'The package is in node_modules only because another one needs it. Add it to the package.json of this workspace: ' +
        'npm install -w <folder> <name>@<exact version>.',
      severity: 'error',
      from: { path: '^(domain|prisma|workers|server|web)/', pathNot: isTestSupport },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(\\.next|generated|coverage)/|next-env\\.d\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
    skipAnalysisNotInRules: true,
  },
}
