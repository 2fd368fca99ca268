import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg'
import { MigrationAdapterFactory } from './migration-adapter.ts'
import { schemaFile } from './paths.ts'

/**
 * Prisma's schema engine, compiled to WebAssembly. It is the engine behind `prisma migrate`, but comes from the npm
 * registry: the native one is downloaded from a server of Prisma, which an offline installation cannot reach.
 */
export type SchemaEngine = engineModule.SchemaEngine

/** Runs work with an engine on that database and releases it. `schema` is the path of a schema file. */
export async function withEngine<T>(
  options: { url: string; schema?: string },
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  loaded ??= load()
  await loaded
  const file = options.schema ?? schemaFile
  const factory = new MigrationAdapterFactory(options.url)
  const engine = await engineModule.SchemaEngine.new(
    { datamodels: [[path.basename(file), readFileSync(file, 'utf8')]] },
    () => {},
    bindMigrationAwareSqlAdapterFactory(factory),
  )
  try {
    return await work(engine)
  } finally {
    engine.free()
    await factory.close()
  }
}

let loaded: Promise<void> | undefined

/** The part of WebAssembly that is used; TypeScript declares it only together with the browser's whole DOM. */
interface Wasm {
  instantiate(code: Uint8Array, imports: Record<string, Glue>): Promise<{ instance: { exports: WasmExports } }>
}

interface WasmExports {
  __wbindgen_start?: () => void
}

/** The JavaScript side of the engine: functions that the compiled side calls. */
type Glue = Readonly<Record<string, unknown>>

async function load(): Promise<void> {
  // Without it a panic of the engine surfaces as an unrelated TypeError.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panics })
  const { WebAssembly } = globalThis as unknown as { WebAssembly: Wasm }
  const script = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const code = readFileSync(script.replace(/\.js$/, '.wasm'))
  const glue = engineModule as unknown as Glue & { __wbg_set_wasm(exports: WasmExports): void }
  const { instance } = await WebAssembly.instantiate(code, { './schema_engine_bg.js': withIdleTimers(glue) })
  glue.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start?.()
}

/** The engine leaves a 10 s timer behind every lock it got in time; it must not keep a finished process alive. */
function withIdleTimers(glue: Glue): Glue {
  const name = Object.keys(glue).find((key) => key.startsWith('__wbg_setTimeout'))
  const original = name && glue[name]
  if (!name || typeof original !== 'function') return glue
  const idle = (...args: unknown[]) => {
    const timer: unknown = original(...args)
    if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
      timer.unref()
    return timer
  }
  return { ...glue, [name]: idle }
}

const panics = {
  message: '',
  set_message(message: string) {
    this.message = message
  },
}

/** What the engine said when it panicked, and forgets it. */
export function takePanic(): string {
  const { message } = panics
  panics.message = ''
  return message
}
