import { Readable } from 'node:stream'
import { crc32, createDeflateRaw } from 'node:zlib'

/** A file of an archive; its content is read once, piece by piece. */
export interface ZipEntry {
  name: string
  content: AsyncIterable<string> | Iterable<string>
}

/** Without the extension for 64 bits, which spreadsheets do not need below it. */
const BYTES_MAX = 0xffff_ffff

/** An archive has reached 4 GiB. */
export class ZipTooLargeError extends Error {
  override readonly name = 'ZipTooLargeError'
}

interface Written {
  name: Buffer
  crc: number
  packed: number
  size: number
  at: number
}

/** The sizes of an entry stand behind it, and names are UTF-8. */
const FLAGS = 0x0808
const DEFLATE = 8
const VERSION = 20
/** 1 January 1980: the same content is the same bytes, whenever it is written. */
const DATE = 0x0021

/**
 * An archive, written as its entries are read: nothing of it is kept but where each began. Throws ZipTooLargeError.
 */
export async function* zip(entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>): AsyncGenerator<Buffer> {
  const written: Written[] = []
  let at = 0
  for await (const { name: text, content } of entries) {
    const name = Buffer.from(text, 'utf8')
    const entry: Written = { name, crc: 0, packed: 0, size: 0, at }
    const head = localHead(name)
    yield head
    for await (const piece of packed(content, entry)) {
      yield piece
      if (at + head.length + entry.packed > BYTES_MAX || entry.size > BYTES_MAX) {
        throw new ZipTooLargeError(`An archive has at most ${BYTES_MAX} bytes.`)
      }
    }
    const tail = sizes(entry)
    yield tail
    at += head.length + entry.packed + tail.length
    written.push(entry)
  }
  const directory = Buffer.concat(written.map(directoryEntry))
  yield Buffer.concat([directory, directoryEnd(written.length, directory.length, at)])
}

async function* packed(content: ZipEntry['content'], entry: Written): AsyncGenerator<Buffer> {
  const counted = async function* () {
    for await (const text of content) {
      const bytes = Buffer.from(text, 'utf8')
      entry.crc = crc32(bytes, entry.crc)
      entry.size += bytes.length
      yield bytes
    }
  }
  const source = Readable.from(counted(), { objectMode: false })
  const deflate = createDeflateRaw({ level: 6 })
  source.on('error', (error) => deflate.destroy(error))
  try {
    for await (const piece of source.pipe(deflate)) {
      const bytes = piece as Buffer
      entry.packed += bytes.length
      yield bytes
    }
  } finally {
    // Who stops reading in the middle leaves nothing open.
    source.destroy()
    deflate.destroy()
  }
}

/** Little-endian fields, each of 2 or 4 bytes. */
function fields(...values: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer {
  const buffer = Buffer.alloc(values.reduce((sum, [, bytes]) => sum + bytes, 0))
  let at = 0
  for (const [value, bytes] of values) at = buffer.writeUIntLE(value, at, bytes)
  return buffer
}

function localHead(name: Buffer): Buffer {
  const head = fields(
    [0x04034b50, 4],
    [VERSION, 2],
    [FLAGS, 2],
    [DEFLATE, 2],
    [0, 2],
    [DATE, 2],
    [0, 4],
    [0, 4],
    [0, 4],
    [name.length, 2],
    [0, 2],
  )
  return Buffer.concat([head, name])
}

function sizes({ crc, packed, size }: Written): Buffer {
  return fields([0x08074b50, 4], [crc, 4], [packed, 4], [size, 4])
}

function directoryEntry({ name, crc, packed, size, at }: Written): Buffer {
  const head = fields(
    [0x02014b50, 4],
    [VERSION, 2],
    [VERSION, 2],
    [FLAGS, 2],
    [DEFLATE, 2],
    [0, 2],
    [DATE, 2],
    [crc, 4],
    [packed, 4],
    [size, 4],
    [name.length, 2],
    [0, 2],
    [0, 2],
    [0, 2],
    [0, 2],
    [0, 4],
    [at, 4],
  )
  return Buffer.concat([head, name])
}

function directoryEnd(entries: number, bytes: number, at: number): Buffer {
  return fields([0x06054b50, 4], [0, 2], [0, 2], [entries, 2], [entries, 2], [bytes, 4], [at, 4], [0, 2])
}
