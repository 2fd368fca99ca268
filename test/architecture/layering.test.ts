import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const root = fileURLToPath(new URL('../../', import.meta.url))
const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')

type Violation = { rule: { name: string }; from: string; to: string }

/** The same program with the same rules as `npm run check`, in a process of its own. */
function violationsIn(...paths: string[]): Violation[] {
  const run = spawnSync(process.execPath, [program, '--output-type', 'json', ...paths], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  if (run.stdout === '') throw new Error(run.stderr)
  return (JSON.parse(run.stdout) as { summary: { violations: Violation[] } }).summary.violations
}

const breaches: [rule: string, folder: string, text: string][] = [
  ['domain-is-pure', 'domain/src', "import { readFileSync } from 'node:fs'\nreadFileSync('x')\n"],
  ['domain-is-pure', 'domain/src', "import pg from 'pg'\nvoid pg\n"],
  ['domain-is-pure', 'domain/src', "import '@outlay/db/tenancy/tenant-pool'\n"],
  ['db-knows-only-domain', 'prisma/src', "import '@outlay/server/cli/main'\n"],
  ['workers-are-below-server', 'workers/src', "import '@outlay/server/cli/main'\n"],
  ['server-sees-contracts-of-jobs-only', 'server/src', "import '@outlay/workers/repeat'\n"],
  [
    'portal-sees-schema-and-domain',
    'web/src',
    "import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'\nexport type A = TenantPool\n",
  ],
  ['requests-use-restricted-roles', 'server/src', "import '@outlay/db/migrate/apply-migrations'\n"],
  ['supervisor-is-not-the-server', 'server/src/supervisor', "import '@outlay/workers/repeat'\n"],
  ['command-line-speaks-http', 'server/src/cli', "import '@outlay/db/tenancy/tenant-pool'\n"],
  ['tests-are-not-imported', 'workers/src', "import '../repeat.test.ts'\n"],
  ['imports-resolve', 'workers/src', "import './nothing.ts'\n"],
  ['packages-are-declared', 'web/src', "import 'fastify'\n"],
]

const cycles = {
  ofValues: {
    'a.ts': "import { b } from './b.ts'\nexport const a = () => b()\n",
    'b.ts': "import { a } from './a.ts'\nexport const b = () => a()\n",
  },
  ofTypes: {
    'a.ts': "import type { B } from './b.ts'\nexport type A = { b: B | null }\n",
    'b.ts': "import type { A } from './a.ts'\nexport type B = { a: A | null }\n",
  },
}

const planted: string[] = []

/** A folder of its own inside a real package, so that the rules see its files where an offender would stand. */
function plant(folder: string, files: Record<string, string>): string {
  const place = mkdtempSync(join(root, folder, 'planted-'))
  planted.push(place)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text)
  return place.slice(root.length)
}

/** All offenders are planted at once and looked at in one run: starting the program is what takes the time. */
function plantAndLook(): { breaches: string[][]; ofValues: string[]; ofTypes: string[] } {
  try {
    const places = breaches.map(([, folder, text]) => plant(folder, { 'offender.ts': text }))
    const [ofValues, ofTypes] = [plant('server/src', cycles.ofValues), plant('server/src', cycles.ofTypes)]
    const found = violationsIn(...places, ofValues, ofTypes)
    const rulesIn = (place: string) => found.filter(({ from }) => from.startsWith(place)).map(({ rule }) => rule.name)
    return { breaches: places.map(rulesIn), ofValues: rulesIn(ofValues), ofTypes: rulesIn(ofTypes) }
  } finally {
    for (const place of planted.splice(0)) rmSync(place, { recursive: true, force: true })
  }
}

describe('layering', () => {
  const seen = plantAndLook()

  it('holds: domain ◄ db ◄ workers ◄ server, the portal sees the schema and the pure domain, and nothing is circular', () => {
    const found = violationsIn('domain', 'prisma', 'workers', 'server', 'web', 'test')
    expect(found.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([])
  }, 180_000)

  it.each(breaches.map(([rule, folder], n) => [rule, folder, n] as const))(
    'catches a planted breach of %s in %s (%i)',
    (rule, _folder, n) => {
      expect(seen.breaches[n]).toContain(rule)
    },
  )

  it('catches a planted cycle, and lets types refer to each other', () => {
    expect(seen.ofValues).toContain('no-cycles')
    expect(seen.ofTypes).toEqual([])
  })
})
