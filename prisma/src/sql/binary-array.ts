import { invariant } from '@outlay/domain/errors'
import type { Fixed18 } from '@outlay/domain/money/fixed18'

/**
 * Arrays in Postgres's binary format, which node-pg sends when a parameter is a Buffer. A run of a large month writes millions of
 * elements: as texts they are three times the bytes, and take a second to write and another one to read.
 */

const HEADER_BYTES = 20
const OID = { uuid: 2950, numeric: 1700 } as const
const UUID_BYTES = 16
const EMPTY_BYTES = 12

/** `uuid[]`; remembers the bytes of the ids that it has seen. */
export class UuidArrays {
  readonly #bytes = new Map<string, Buffer>()

  encode<Item>(items: readonly Item[], idOf: (item: Item) => string): Buffer {
    const buffer = allocate(items.length, OID.uuid, items.length * (4 + UUID_BYTES))
    let at = HEADER_BYTES
    for (const item of items) {
      at = buffer.writeInt32BE(UUID_BYTES, at)
      buffer.set(this.#bytesOf(idOf(item)), at)
      at += UUID_BYTES
    }
    return buffer
  }

  #bytesOf(id: string): Buffer {
    const known = this.#bytes.get(id)
    if (known !== undefined) return known
    const bytes = Buffer.from(id.replaceAll('-', ''), 'hex')
    invariant(bytes.length === UUID_BYTES, `${id} is not a uuid`)
    this.#bytes.set(id, bytes)
    return bytes
  }
}

// Postgres keeps a numeric as digits of base 10,000, the highest first, and the power of the first one.
const BASE = 10_000
const DIGIT_DECIMALS = 4
const DIGITS_MAX = 12
/** Of a Fixed18: one unit of the last digit that an amount of money can have, 0.0001. */
const UNIT: Fixed18 = 10n ** 14n
const POSITIVE = 0x0000
const NEGATIVE = 0x4000

/**
 * `numeric[]` of whole minor units, which have at most four decimals in every currency there is. `whole`: what they sum to, all of one sign,
 * so that none has more digits.
 */
export function numericArray<Item>(items: readonly Item[], amountOf: (item: Item) => Fixed18, whole: Fixed18): Buffer {
  const digitsMax = digitsOf((whole < 0n ? -whole : whole) / UNIT)
  const buffer = allocate(items.length, OID.numeric, items.length * (4 + 8 + 2 * digitsMax))
  let at = items.length === 0 ? EMPTY_BYTES : HEADER_BYTES
  for (const item of items) at = writeNumeric(buffer, at, amountOf(item))
  return buffer.subarray(0, at)
}

const digits = new Uint16Array(DIGITS_MAX)

function writeNumeric(buffer: Buffer, start: number, amount: Fixed18): number {
  const isNegative = amount < 0n
  const units = (isNegative ? -amount : amount) / UNIT
  invariant(units * UNIT === (isNegative ? -amount : amount), `The amount ${amount} has more than four decimals`)
  const count = digitsOf(units)
  let at = buffer.writeInt32BE(8 + 2 * count, start)
  at = buffer.writeInt16BE(count, at)
  // Of `count` digits the last one is the fraction.
  at = buffer.writeInt16BE(count - 2, at)
  at = buffer.writeUInt16BE(isNegative ? NEGATIVE : POSITIVE, at)
  at = buffer.writeInt16BE(DIGIT_DECIMALS, at)
  for (let index = count - 1; index >= 0; index -= 1) at = buffer.writeUInt16BE(digits[index] ?? 0, at)
  return at
}

/** The digits of base 10,000, the lowest first; how many there are. */
function digitsOf(units: bigint): number {
  let count = 0
  let large = units
  while (large > BigInt(Number.MAX_SAFE_INTEGER)) {
    digits[count++] = Number(large % BigInt(BASE))
    large /= BigInt(BASE)
  }
  for (let rest = Number(large); rest > 0; rest = Math.floor(rest / BASE)) digits[count++] = rest % BASE
  return count
}

function allocate(count: number, oid: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + bytes)
  if (count === 0) {
    const empty = buffer.subarray(0, EMPTY_BYTES)
    writeHeader(empty, { dimensions: 0, oid })
    return empty
  }
  writeHeader(buffer, { dimensions: 1, oid })
  buffer.writeInt32BE(count, EMPTY_BYTES)
  // The lower bound of the subscripts.
  buffer.writeInt32BE(1, EMPTY_BYTES + 4)
  return buffer
}

function writeHeader(buffer: Buffer, { dimensions, oid }: { dimensions: number; oid: number }): void {
  buffer.writeInt32BE(dimensions, 0)
  // No element is null.
  buffer.writeInt32BE(0, 4)
  buffer.writeInt32BE(oid, 8)
}
