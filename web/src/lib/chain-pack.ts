import type { ChainRow, RowBadge, RowIcon } from './chain.ts'

/*
 * A chain of ten thousand calls as one text. The rows of a chain repeat themselves: names, colours, badges and amounts are written once and
 * rows are whole numbers that point at them, an eighth of what the rows themselves come to. A text also passes from the server to the browser as it is,
 * where React would take an array of rows apart value by value.
 */

/** The rows of a chain in order, read one at a time. */
export interface ChainRows {
  readonly length: number
  at: (index: number) => ChainRow
  idAt: (index: number) => string
  /** Position of the row above it in the tree; −1 for the first. */
  parentAt: (index: number) => number
  levelAt: (index: number) => number
  /** What a search looks through: its name and what stands beside it, in lower case. */
  wordsAt: (index: number) => string
}

interface Packed {
  texts: string[]
  badges: RowBadge[][]
  rows: number[]
}

const ICONS: readonly RowIcon[] = ['task', 'trace', 'agent', 'model', 'tool', 'data', 'other']
/** Bars are drawn to a millionth of the axis. */
const FINE = 1_000_000
const [STRONG, MUTED, CALL, BAR, PALE] = [1, 2, 4, 8, 16]

/** Where a row keeps what. */
const AT = {
  idHead: 0,
  idTail: 1,
  parent: 2,
  level: 3,
  name: 4,
  detail: 5,
  icon: 6,
  colour: 7,
  flags: 8,
  self: 9,
  selfTitle: 10,
  subtree: 11,
  subtreeTitle: 12,
  badges: 13,
  left: 14,
  width: 15,
  barText: 16,
} as const
const WIDTH = Object.keys(AT).length

/** Writes rows down. Parents come before their children. */
export function packRows(rows: readonly ChainRow[]): string {
  const texts = new Numbered<string>((text) => text)
  const badges = new Numbered<RowBadge[]>((list) => JSON.stringify(list))
  const positions = new Map(rows.map((row, index) => [row.id, index]))
  const numbers = rows.flatMap((row) => {
    const head = row.id.lastIndexOf(':') + 1
    const flags =
      (row.isStrong ? STRONG : 0) |
      (row.isMuted ? MUTED : 0) |
      (row.isCall ? CALL : 0) |
      (row.bar === null ? 0 : BAR) |
      (row.bar?.isPale ? PALE : 0)
    return [
      texts.of(row.id.slice(0, head)),
      texts.of(row.id.slice(head)),
      row.parentId === null ? -1 : (positions.get(row.parentId) ?? -1),
      row.level,
      texts.of(row.name),
      texts.of(row.detail),
      ICONS.indexOf(row.icon),
      texts.of(row.colour),
      flags,
      texts.of(row.self.text),
      texts.of(row.self.title),
      texts.of(row.subtree.text),
      texts.of(row.subtree.title),
      badges.of(row.badges),
      Math.round((row.bar?.left ?? 0) * FINE),
      Math.round((row.bar?.width ?? 0) * FINE),
      texts.of(row.bar?.text ?? ''),
    ]
  })
  return JSON.stringify({ texts: texts.list, badges: badges.list, rows: numbers } satisfies Packed)
}

/** Reads what packRows wrote. Throws SyntaxError for what is not JSON. */
export function unpackRows(packed: string): ChainRows {
  const { texts, badges, rows } = JSON.parse(packed) as Packed
  const number = (index: number, at: number): number => rows[index * WIDTH + at] ?? 0
  const text = (index: number, at: number): string => texts[number(index, at)] ?? ''
  const idAt = (index: number): string => text(index, AT.idHead) + text(index, AT.idTail)
  const parentAt = (index: number): number => number(index, AT.parent)
  return {
    length: rows.length / WIDTH,
    idAt,
    parentAt,
    levelAt: (index) => number(index, AT.level),
    wordsAt: (index) => `${text(index, AT.name)} ${text(index, AT.detail)}`.toLowerCase(),
    at: (index) => {
      const flags = number(index, AT.flags)
      const parent = parentAt(index)
      return {
        id: idAt(index),
        parentId: parent < 0 ? null : idAt(parent),
        level: number(index, AT.level),
        name: text(index, AT.name),
        detail: text(index, AT.detail),
        icon: ICONS[number(index, AT.icon)] ?? 'other',
        colour: text(index, AT.colour),
        isStrong: (flags & STRONG) !== 0,
        isMuted: (flags & MUTED) !== 0,
        isCall: (flags & CALL) !== 0,
        self: { text: text(index, AT.self), title: text(index, AT.selfTitle) },
        subtree: { text: text(index, AT.subtree), title: text(index, AT.subtreeTitle) },
        badges: badges[number(index, AT.badges)] ?? [],
        bar:
          (flags & BAR) === 0
            ? null
            : {
                left: number(index, AT.left) / FINE,
                width: number(index, AT.width) / FINE,
                text: text(index, AT.barText),
                isPale: (flags & PALE) !== 0,
              },
      }
    },
  }
}

/** Values, each once, by number. */
class Numbered<Value> {
  readonly list: Value[] = []
  readonly #numbers = new Map<string, number>()
  readonly #nameOf: (value: Value) => string

  constructor(nameOf: (value: Value) => string) {
    this.#nameOf = nameOf
  }

  of(value: Value): number {
    const name = this.#nameOf(value)
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.list.length)
    return this.list.push(value) - 1
  }
}
