import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import Fastify from 'fastify'
import { encodingsFor, PortalFiles } from './portal-files.ts'

const dir = mkdtempSync(path.join(tmpdir(), 'outlay-portal-files-'))
const chunks = path.join(dir, '.next/static/chunks')
const script = 'let answer = 42\n'.repeat(200)
mkdirSync(chunks, { recursive: true })
writeFileSync(path.join(chunks, 'a-1b2.js'), script)
writeFileSync(path.join(chunks, 'b-3c4.js'), script)
writeFileSync(path.join(dir, '.next/secret.js'), 'no visitor’s')

const app = Fastify()
const files = new PortalFiles(dir)
app.get('/*', async (request, reply) =>
  (await files.answer(request, reply)) ? reply : reply.code(404).send('passed on'),
)

beforeAll(() => app.listen({ port: 0, host: '127.0.0.1' }))

afterAll(async () => {
  await app.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Sends the path as it stands, which fetch would not. */
async function get(address: string, accepted: string): Promise<{ response: IncomingMessage; body: Buffer }> {
  const [listening] = app.addresses()
  const asked = request({ port: listening?.port, path: address, headers: { 'accept-encoding': accepted } }).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return { response, body: await buffer(response) }
}

/** Asks again until the answer comes with the encoding that is packed meanwhile. */
async function untilPacked(ask: () => ReturnType<typeof get>, encoding: string): ReturnType<typeof get> {
  for (;;) {
    const answer = await ask()
    if (answer.response.headers['content-encoding'] === encoding) return answer
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('scripts and styles of the portal', () => {
  it.each([
    ['gzip', 'gzip', gunzipSync],
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip, br;q=0', 'gzip', gunzipSync],
  ] as const)(
    'are packed for a visitor who takes %s with %s, and kept for ever',
    async (accepted, encoding, unpack) => {
      for (const address of ['/_next/static/chunks/a-1b2.js', '/_next/static/chunks/a-1b2.js?dpl=1']) {
        const { response, body } = await untilPacked(() => get(address, accepted), encoding)
        expect(response.statusCode).toBe(200)
        expect(response.headers).toMatchObject({
          'content-type': 'application/javascript; charset=UTF-8',
          'content-encoding': encoding,
          'cache-control': 'public, max-age=31536000, immutable',
          vary: 'Accept-Encoding',
        })
        expect(body.length).toBeLessThan(script.length / 10)
        expect(unpack(body).toString()).toBe(script)
      }
    },
  )

  it('do not let the first visitor wait for brotli', async () => {
    const { response, body } = await get('/_next/static/chunks/b-3c4.js', 'gzip, br')
    expect(response.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(body).toString()).toBe(script)
  })

  it.each([
    ['/_next/static/chunks/other.js', 'br'],
    ['/_next/static/../secret.js', 'br'],
    ['/_next/static/%2e%2e/secret.js', 'br'],
    ['/_next/static/chunks/a-1b2.js', 'identity'],
  ])('are left to Next: %s for %s', async (address, accepted) => {
    expect((await get(address, accepted)).body.toString()).toBe('passed on')
  })

  it.each([
    [undefined, []],
    ['deflate', []],
    ['gzip', ['gzip']],
    ['gzip;q=0.5, br;q=0.1', ['br', 'gzip']],
    ['br, gzip;q=0.0', ['br']],
  ])('take of %j the encodings %j', (accepted, encodings) => {
    expect(encodingsFor(accepted)).toEqual(encodings)
  })
})
