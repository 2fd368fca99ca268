import type { IncomingMessage } from 'node:http'
import type { Readable, Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { HttpError } from '../http/http-error.ts'

/** Most bytes of a request, compressed or not: a gzip bomb stops here. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024

const DECOMPRESS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/**
 * Reads a whole request body, decompressed. Throws HttpError 415 for an encoding we do not know, 413 as soon as more than 16 MiB have
 * come out, 400 when the compressed data are broken or end early.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const source = decompressed(request)
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of source) {
      const bytes = chunk as Buffer
      size += bytes.length
      if (size > MAX_BODY_BYTES) {
        throw new HttpError(
          413,
          'PAYLOAD_TOO_LARGE',
          `The body is larger than ${MAX_BODY_BYTES} bytes; send fewer items at once.`,
        )
      }
      chunks.push(bytes)
    }
  } catch (error) {
    if (source !== request) request.unpipe()
    // What is still on its way is let run off, so that the answer reaches the sender.
    request.resume()
    if (error instanceof HttpError) throw error
    throw new HttpError(400, 'BODY_UNREADABLE', 'The body ended early or is not what its Content-Encoding says.')
  }
  return Buffer.concat(chunks, size)
}

function decompressed(request: IncomingMessage): Readable {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') return request
  const make = DECOMPRESS[encoding]
  if (make === undefined) {
    throw new HttpError(
      415,
      'UNSUPPORTED_ENCODING',
      `Content-Encoding ${JSON.stringify(encoding)} is none of gzip, deflate, br.`,
    )
  }
  const transform = make()
  request.on('error', (error) => transform.destroy(error))
  request.on('aborted', () => transform.destroy(new Error('aborted')))
  return request.pipe(transform)
}
