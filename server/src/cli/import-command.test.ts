import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { runCommandLine } from './main.ts'

type Item = { id: string; agent?: string; occurredAt: string; usage: { meter: string; quantity: string }[] }
type Answer = { status: number; body: unknown; headers?: Record<string, string> }

/** A server that keeps what it is sent by id, as Outlay does, and can be told to answer something else first. */
class Receiver {
  readonly stored = new Map<string, Item>()
  readonly answers: Answer[] = []
  requests = 0
  largest = 0
  authorization: string | undefined
  readonly #server: Server = createServer((request, response) => {
    void this.#answer(request).then(({ status, body, headers }) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    })
  })

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    this.requests += 1
    this.authorization = request.headers.authorization
    const scripted = this.answers.shift()
    if (scripted !== undefined) return scripted
    const items = JSON.parse(Buffer.concat(chunks).toString()) as Item[]
    this.largest = Math.max(this.largest, items.length)
    const answer = { accepted: 0, duplicates: 0, unpriced: 0, rejected: [] as unknown[] }
    items.forEach((item, index) => {
      if (item.usage[0]?.quantity === 'nine') {
        answer.rejected.push({ index, id: item.id, code: 'INVALID_DECIMAL', message: '"nine" is not a quantity.' })
      } else if (this.stored.has(item.id)) answer.duplicates += 1
      else {
        this.stored.set(item.id, item)
        answer.accepted += 1
      }
    })
    return { status: 200, body: answer }
  }
}

let folder: string
let receiver: Receiver
let url: string
let printed: string[]
let complained: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outlay-import-'))
  receiver = new Receiver()
  url = await receiver.listen()
  printed = []
  complained = []
  jest.spyOn(console, 'error').mockImplementation((text: string) => complained.push(text))
})

afterEach(async () => {
  jest.restoreAllMocks()
  await receiver.close()
  await rm(folder, { recursive: true, force: true })
})

const maps = ['occurredAt=Time', 'usage.input_tokens=In', 'agent==coding'].flatMap((map) => ['--map', map])

const write = (text: string) => writeFile(join(folder, 'rows.csv'), text)

const run = (...more: string[]) =>
  runCommandLine(['import', 'rows.csv', ...maps, '--url', url, '--key', 'outl_test_key', ...more], {
    folder,
    print: (text) => printed.push(text),
  })

const rows = (count: number) =>
  Array.from({ length: count }, (_, n) => `2023-11-16 18:17:${String(n % 60).padStart(2, '0')}.9799600,${n}`)

describe('outlay import', () => {
  it('sends every row once, in batches, with the key', async () => {
    await write(['Time,In', ...rows(25)].join('\n'))
    expect(await run('--batch-size', '10')).toBe(0)
    expect(receiver.stored.size).toBe(25)
    expect(receiver.largest).toBe(10)
    expect(receiver.requests).toBe(3)
    expect(receiver.authorization).toBe('Bearer outl_test_key')
    expect([...receiver.stored.values()][3]).toEqual({
      id: expect.any(String),
      agent: 'coding',
      occurredAt: '2023-11-16T18:17:03.979960Z',
      usage: [{ meter: 'input_tokens', quantity: '3' }],
    })
    expect(printed.join('\n')).toBe('25 rows read\n25 accepted\n0 already known\n0 rejected')
  })

  it('sends nothing twice when the file is imported again, sorted and with rows appended', async () => {
    await write(['Time,In', ...rows(30), ...rows(2)].join('\n'))
    await run()
    await write(['Time,In', ...rows(31).reverse(), ...rows(2)].join('\n'))
    expect(await run('--batch-size', '7')).toBe(0)
    expect(printed.at(-1)).toContain('1 accepted\n32 already known')
    expect(receiver.stored.size).toBe(33)
  })

  it('names rejected rows by their line, keeps the others and exits with 1', async () => {
    await write(
      'Time,In\n2023-11-16 18:00,1\n16 Nov,2\n2023-11-16 18:01,nine\n2023-11-16 18:02\n\n2023-11-16 18:03,4\n',
    )
    expect(await run()).toBe(1)
    expect(receiver.stored.size).toBe(2)
    const report = printed.at(-1)
    expect(report).toContain('5 rows read\n2 accepted')
    expect(report).toContain('line 3: "16 Nov" is not an instant')
    expect(report).toContain('line 4: "nine" is not a quantity. (INVALID_DECIMAL)')
    expect(report).toContain('line 5: The row has 1 columns, the headings 2. (COLUMN_COUNT)')
  })

  it('repeats a batch that the server could not take at the moment', async () => {
    await write(['Time,In', ...rows(5)].join('\n'))
    receiver.answers.push({ status: 503, body: {} }, { status: 429, body: {}, headers: { 'retry-after': '1' } })
    expect(await run()).toBe(0)
    expect(receiver.requests).toBe(3)
    expect(receiver.stored.size).toBe(5)
  })

  it('says that a key is not accepted, without repeating it', async () => {
    await write(['Time,In', ...rows(5)].join('\n'))
    receiver.answers.push({ status: 401, body: { error: { code: 'UNAUTHENTICATED', message: 'Unknown key.' } } })
    expect(await run()).toBe(1)
    expect(receiver.requests).toBe(1)
    expect(complained).toEqual(['The API key is not accepted (Unknown key); give a valid one with --key.'])
  })

  it('says at once that no server answers', async () => {
    await write(['Time,In', ...rows(5)].join('\n'))
    await receiver.close()
    expect(await run()).toBe(1)
    expect(complained[0]).toMatch(/^No Outlay answers at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\); start it/)
  })

  it.each([
    ['nowhere.csv', 'there is no such file'],
    ['.', 'is not a file'],
  ])('says that %s cannot be read', async (path, message) => {
    expect(await runCommandLine(['import', path, ...maps, '--key', 'k'], { folder })).toBe(1)
    expect(complained[0]).toContain(message)
  })

  it('says that a file is not CSV, and that a heading is missing', async () => {
    await write('Time,In\n2023-11-16 18:00,"1\n')
    expect(await run()).toBe(1)
    await write('')
    expect(await run()).toBe(1)
    expect(complained[0]).toContain('is not valid CSV')
    expect(complained[1]).toContain('is empty; its first line must name the columns')
  })

  it('shows the first three invocations of a dry run and sends nothing', async () => {
    await write(['\uFEFFTime,In', ...rows(5)].join('\r\n'))
    expect(await run('--dry-run')).toBe(0)
    expect(printed).toHaveLength(4)
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({ agent: 'coding', usage: [{ quantity: '0' }] })
    expect(receiver.requests).toBe(0)
  })

  it('explains a wrong option in one sentence', async () => {
    expect(await runCommandLine(['import', 'rows.csv', '--mapp', 'x'], { folder })).toBe(1)
    expect(await runCommandLine(['export'], { folder })).toBe(1)
    expect(await run('--batch-size', '10001')).toBe(1)
    expect(complained[0]).toBe("Unknown option '--mapp'; see outlay import --help.")
    expect(complained[1]).toBe('There is no command "export"; see outlay --help.')
    expect(complained[2]).toBe('--batch-size "10001" is not 1 to 10000.')
  })
})
