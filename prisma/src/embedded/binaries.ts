import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Account } from './account.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { cleanEnvironment } from './environment.ts'
import { systemHome } from './system-home.ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  readonly pgCtl: string
}

/** The Postgres programs from the npm package of this platform, in a place the account can run them from. */
export function postgresBinaries(account: Account | null): Binaries {
  const { folder, version } = platformPackage()
  const native = path.join(folder, 'native')
  replaySymlinks(folder)
  const inPlace = programs(native)
  const refusal = runFault(inPlace.postgres, account)
  if (refusal === null) return inPlace
  if (!account) {
    throw new EmbeddedPostgresError('NO_BINARIES', `The Postgres program ${inPlace.postgres} does not run: ${refusal}`)
  }
  const copy = programs(copyFor(native, version))
  const second = runFault(copy.postgres, account)
  if (second !== null) {
    throw new EmbeddedPostgresError('NO_BINARIES', `The Postgres program ${copy.postgres} does not run: ${second}`)
  }
  return copy
}

function platformPackage(): { folder: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  // The platform package is a dependency of embedded-postgres, not ours: resolve it from there.
  const here = createRequire(import.meta.url)
  try {
    const parent = createRequire(pathToFileURL(here.resolve('embedded-postgres')))
    const folder = path.dirname(path.dirname(resolveEntry(parent, name)))
    const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string }
    return { folder, version }
  } catch {
    throw new EmbeddedPostgresError(
      'NO_BINARIES',
      `The npm package ${name} with the Postgres programs for this machine is not installed: run npm install, or set DATABASE_URL to a Postgres of your own.`,
    )
  }
}

// The package exports its entry for "import" only in some versions; both ways end in dist/index.js.
function resolveEntry(from: NodeJS.Require, name: string): string {
  try {
    return from.resolve(name)
  } catch {
    return fileURLToPath(import.meta.resolve(name))
  }
}

function programs(native: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const program = (name: string) => path.join(native, 'bin', name + suffix)
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') }
}

/** npm packs no symbolic links; the package's install script makes them, unless scripts were switched off. */
function replaySymlinks(folder: string): void {
  const list = path.join(folder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const at = path.join(folder, target)
    if (lstatSync(at, { throwIfNoEntry: false })) continue
    mkdirSync(path.dirname(at), { recursive: true })
    try {
      symlinkSync(path.relative(path.dirname(at), path.join(folder, source)), at)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** Null when the account can run the program with its libraries, else why not. */
function runFault(program: string, account: Account | null): string | null {
  const run = spawnSync(program, ['--version'], {
    uid: account?.uid,
    gid: account?.gid,
    cwd: path.parse(program).root,
    env: cleanEnvironment(),
    encoding: 'utf8',
    timeout: 30_000,
  })
  if (run.status === 0) return null
  return run.error?.message ?? (run.stderr.trim() || `exit code ${run.status}`)
}

/** A copy outside a clone that only root may enter, made once per version. */
function copyFor(native: string, version: string): string {
  const target = path.join(systemHome(), `pg-${version}-${process.platform}-${process.arch}`)
  if (existsSync(target)) return target
  const building = `${target}.${process.pid}`
  rmSync(building, { recursive: true, force: true })
  cpSync(native, building, { recursive: true, verbatimSymlinks: true })
  makeReadable(building)
  try {
    renameSync(building, target)
  } catch (error) {
    // Another start was faster.
    rmSync(building, { recursive: true, force: true })
    if (!existsSync(target)) throw error
  }
  return target
}

function makeReadable(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const at = path.join(folder, entry.name)
    if (entry.isDirectory()) makeReadable(at)
    else if (entry.isFile()) chmodSync(at, statSync(at).mode & 0o100 ? 0o755 : 0o644)
  }
}
