import { inflateSync } from 'node:zlib'

const WOFF_HEADER = 44
const WOFF_ENTRY = 20
const SFNT_HEADER = 12
const SFNT_ENTRY = 16

/**
 * A WOFF 1 font as the plain font that is in it. The renderer reads WOFF itself, but unpacks a table each time it looks at a letter, which
 * takes most of the time of a report.
 */
export function unpackWoff(woff: Buffer): Buffer {
  const count = woff.readUInt16BE(12)
  const tables = Array.from({ length: count }, (_, i) => {
    const at = WOFF_HEADER + i * WOFF_ENTRY
    const [offset, packed, size] = [4, 8, 12].map((field) => woff.readUInt32BE(at + field)) as [number, number, number]
    const stored = woff.subarray(offset, offset + packed)
    return {
      tag: woff.subarray(at, at + 4),
      checksum: woff.subarray(at + 16, at + 20),
      content: packed < size ? inflateSync(stored) : stored,
    }
  })
  const directory = Buffer.alloc(SFNT_HEADER + count * SFNT_ENTRY)
  woff.copy(directory, 0, 4, 8)
  directory.writeUInt16BE(count, 4)
  // The fields of a binary search over the tables: the largest power of two that is not more than their number.
  const exponent = Math.floor(Math.log2(count))
  directory.writeUInt16BE(16 * 2 ** exponent, 6)
  directory.writeUInt16BE(exponent, 8)
  directory.writeUInt16BE(16 * (count - 2 ** exponent), 10)
  const pieces: Buffer[] = [directory]
  let at = directory.length
  for (const [i, { tag, checksum, content }] of tables.entries()) {
    const entry = SFNT_HEADER + i * SFNT_ENTRY
    tag.copy(directory, entry)
    checksum.copy(directory, entry + 4)
    directory.writeUInt32BE(at, entry + 8)
    directory.writeUInt32BE(content.length, entry + 12)
    // Tables begin at whole words.
    const padding = Buffer.alloc((4 - (content.length % 4)) % 4)
    pieces.push(content, padding)
    at += content.length + padding.length
  }
  return Buffer.concat(pieces)
}
