import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'application/javascript; charset=UTF-8',
  '.css': 'text/css; charset=UTF-8',
}

/** A file is packed once and sent often; the last two levels of brotli take ten times as long for a twentieth less. */
export const PACKERS = {
  br: (text: Buffer) =>
    promisify(brotliCompress)(text, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
    }),
  gzip: (text: Buffer) => promisify(gzip)(text, { level: 9 }),
} as const

type Encoding = keyof typeof PACKERS

/**
 * The portal's scripts and styles, packed once for all visitors; Next would pack them for each one anew, on the cores that draw the pages.
 * Their names carry a digest of what is in them, so they are kept for ever.
 */
export class PortalFiles {
  readonly #files: ReadonlyMap<string, string>
  readonly #packed = new Map<string, Promise<Buffer>>()

  /** `dir` is the folder of the portal with its production build. */
  constructor(dir: string) {
    const root = path.join(dir, '.next/static')
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => path.extname(name) in TYPES)
    this.#files = new Map(
      names.map((name) => [`/_next/static/${name.split(path.sep).join('/')}`, path.join(root, name)]),
    )
  }

  /** Answers a request for one of the files; false when it is none of them, or the visitor takes no packed answer. */
  async answer(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const address = request.url.split('?')[0] ?? ''
    const file = this.#files.get(address)
    const encoding = encodingFor(request.headers['accept-encoding'])
    if (file === undefined || encoding === null) return false
    const body = await this.#pack(file, encoding)
    await reply
      .headers({
        'content-type': TYPES[path.extname(file)],
        'content-encoding': encoding,
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'Accept-Encoding',
        'x-content-type-options': 'nosniff',
      })
      .send(body)
    return true
  }

  #pack(file: string, encoding: Encoding): Promise<Buffer> {
    const key = `${encoding} ${file}`
    const known = this.#packed.get(key)
    if (known !== undefined) return known
    const packed = readFile(file).then(PACKERS[encoding])
    this.#packed.set(key, packed)
    packed.catch(() => this.#packed.delete(key))
    return packed
  }
}

/** The better of the two that the visitor takes; `q=0` refuses one. */
export function encodingFor(accepted: string | string[] | undefined): Encoding | null {
  const taken = String(accepted ?? '')
    .split(',')
    .filter((one) => !/;\s*q=0(\.0*)?\s*$/.test(one))
    .map((one) => one.split(';')[0]?.trim())
  if (taken.includes('br')) return 'br'
  return taken.includes('gzip') ? 'gzip' : null
}
