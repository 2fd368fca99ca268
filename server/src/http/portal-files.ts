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

/** As small as they get: a file is packed once and sent often. */
export const PACKERS = {
  br: (text: Buffer) =>
    promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }),
  gzip: (text: Buffer) => promisify(gzip)(text, { level: 9 }),
} as const

type Encoding = keyof typeof PACKERS

interface Packed {
  /** Null until it is ready. */
  body: Buffer | null
  ready: Promise<Buffer>
}

/**
 * The portal's scripts and styles, packed once for all visitors; Next would pack them for each one anew, on the cores that draw the pages.
 * Their names carry a digest of what is in them, so they are kept for ever.
 */
export class PortalFiles {
  readonly #files: ReadonlyMap<string, string>
  readonly #packed = new Map<string, Packed>()

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
    const encodings = encodingsFor(request.headers['accept-encoding'])
    const [best] = encodings
    if (file === undefined || best === undefined) return false
    // Brotli takes most of a second for a large file; until it is there, who takes gzip too gets that.
    const encoding = this.#pack(file, best).body === null ? (encodings[1] ?? best) : best
    const { body, ready } = this.#pack(file, encoding)
    await reply
      .headers({
        'content-type': TYPES[path.extname(file)],
        'content-encoding': encoding,
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'Accept-Encoding',
        'x-content-type-options': 'nosniff',
      })
      .send(body ?? (await ready))
    return true
  }

  #pack(file: string, encoding: Encoding): Packed {
    const key = `${encoding} ${file}`
    const known = this.#packed.get(key)
    if (known !== undefined) return known
    const packed: Packed = { body: null, ready: readFile(file).then(PACKERS[encoding]) }
    this.#packed.set(key, packed)
    packed.ready.then(
      (body) => (packed.body = body),
      () => this.#packed.delete(key),
    )
    return packed
  }
}

/** Which of ours the visitor takes, the smaller first; `q=0` refuses one. */
export function encodingsFor(accepted: string | string[] | undefined): Encoding[] {
  const taken = String(accepted ?? '')
    .split(',')
    .filter((one) => !/;\s*q=0(\.0*)?\s*$/.test(one))
    .map((one) => one.split(';')[0]?.trim())
  return (['br', 'gzip'] as const).filter((encoding) => taken.includes(encoding))
}
