import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { hookPolicy, type HookPolicy } from '@outlay/db/channels/hook-policy'
import { postJson, type Address, type Resolve } from './post.ts'

/** Listens on every address of this machine and answers nobody: a connection is all that must not happen. */
let forbidden: Server
let connections = 0
let port = 0

beforeAll(async () => {
  forbidden = net.createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  forbidden.listen(0, '::')
  await once(forbidden, 'listening')
  port = (forbidden.address() as AddressInfo).port
})

afterAll(() => void forbidden.close())
beforeEach(() => {
  connections = 0
})

const message = { body: '{}', headers: {} }

/** Public only, with our port among those that are used: what is refused here is refused for its address. */
const publicOnly = (): HookPolicy => ({ ...hookPolicy(''), ports: [443, 80, port] })

/** What the outside world answers for a name, the last answer for ever; `asked` is what it was asked. */
function leadingTo(...answers: string[][]): { resolve: Resolve; asked: string[] } {
  const asked: string[] = []
  const resolve = async (host: string): Promise<Address[]> => {
    asked.push(host)
    const addresses = answers[Math.min(asked.length, answers.length) - 1] ?? []
    return addresses.map((address) => ({ address, family: net.isIP(address) }))
  }
  return { resolve, asked }
}

// Hosts as a tenant may write them (fault X-3); PORT is where somebody listens.
const LITERALS = [
  'https://127.0.0.1:PORT/',
  'https://127.1:PORT/',
  'https://127.0.1:PORT/',
  'https://2130706433:PORT/',
  'https://0x7f000001:PORT/',
  'https://0x7f.0.0.1:PORT/',
  'https://0177.0.0.1:PORT/',
  'https://017700000001:PORT/',
  'https://127.0.0.1.:PORT/',
  'https://127.127.127.127:PORT/',
  'https://0.0.0.0:PORT/',
  'https://0:PORT/',
  'https://[::1]:PORT/',
  'https://[0:0:0:0:0:0:0:1]:PORT/',
  'https://[::]:PORT/',
  'https://[::ffff:127.0.0.1]:PORT/',
  'https://[::ffff:7f00:1]:PORT/',
  'https://[::127.0.0.1]:PORT/',
  'https://[64:ff9b::127.0.0.1]:PORT/',
  'https://[2002:7f00:1::]:PORT/',
  'https://localhost:PORT/',
  'https://LocalHost:PORT/',
  'https://localhost.:PORT/',
  'https://a.localhost:PORT/',
  'https://%6c%6f%63%61%6c%68%6f%73%74:PORT/',
  'https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/',
  'https://127。0。0。1:PORT/',
  'https://user:password@127.0.0.1:PORT/',
  'https://hooks.example.com@127.0.0.1:PORT/',
  'https://hooks.example.com:443@127.0.0.1:PORT/',
  'https://127.0.0.1:PORT\\@hooks.example.com/',
  'https://127.0.0.1:PORT#@hooks.example.com/',
  'http://127.0.0.1:PORT/',
  '//127.0.0.1:PORT/',
  'https:127.0.0.1:PORT/',
  'gopher://127.0.0.1:PORT/',
  'dict://127.0.0.1:PORT/',
  'file:///etc/passwd',
  'https://169.254.169.254/latest/meta-data/',
  'https://[fd00:ec2::254]/latest/meta-data/',
  'https://10.0.0.1/',
  'https://192.168.1.1/',
  'https://100.100.100.200/',
]

// Names that the outside world answers for, and what it answers.
const NAMES: [name: string, addresses: string[]][] = [
  ['a name that leads to loopback', ['127.0.0.1']],
  ['a name that leads to ::1', ['::1']],
  ['a name that leads to a public address and to loopback', ['93.184.215.14', '127.0.0.1']],
  ['a name that leads to loopback as mapped IPv6', ['::ffff:127.0.0.1']],
  ['a name that leads to the metadata of a cloud', ['169.254.169.254']],
]

describe('a message to an address that must not be reached', () => {
  it.each(LITERALS)('is not sent: %s', async (written) => {
    const address = written.replaceAll('PORT', String(port))
    await expect(postJson(address, message, { policy: publicOnly(), timeoutMs: 1_000 })).rejects.toThrow()
    await sleep(20)
    expect(connections).toBe(0)
  })

  it.each(NAMES)('is not sent: %s', async (_name, addresses) => {
    const options = { policy: publicOnly(), resolve: leadingTo(addresses).resolve, timeoutMs: 1_000 }
    const sent = postJson(`https://hooks.example.com:${port}/`, message, options)
    await expect(sent).rejects.toThrow('an address of a private network; nothing was sent')
    await sleep(20)
    expect(connections).toBe(0)
  })

  it('is not sent to what a name leads to at the second asking', async () => {
    const { resolve, asked } = leadingTo(['93.184.215.14'], ['127.0.0.1'])
    const sent = postJson(`https://hooks.example.com:${port}/`, message, {
      policy: publicOnly(),
      resolve,
      timeoutMs: 300,
    })
    await expect(sent).rejects.toThrow()
    expect(asked).toEqual(['hooks.example.com'])
    expect(connections).toBe(0)
  })

  it('would have arrived: the same address is reached when the operator allows it', async () => {
    const sent = postJson(`http://127.0.0.1:${port}/`, message, { policy: hookPolicy('127.0.0.0/8') })
    await expect(sent).rejects.toThrow()
    expect(connections).toBe(1)
  })
})

describe('a message to a receiver', () => {
  const policy = hookPolicy('127.0.0.0/8, receiver.test')
  const open: http.Server[] = []
  afterAll(() => open.forEach((server) => (server.closeAllConnections(), server.close())))

  async function receiver(answer: http.RequestListener): Promise<string> {
    const server = http.createServer(answer).listen(0, '127.0.0.1')
    open.push(server)
    await once(server, 'listening')
    return String((server.address() as AddressInfo).port)
  }

  it('arrives whole, under the name that it was sent to', async () => {
    const seen: unknown[] = []
    const at = await receiver((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { host, 'content-type': type, 'x-own': own } = request.headers
        seen.push({ method: request.method, url: request.url, host, type, own, body: Buffer.concat(chunks).toString() })
        response.writeHead(202).end('taken')
      })
    })
    const answer = await postJson(
      `http://receiver.test:${at}/path?query=1`,
      { body: '{"a":"€"}', headers: { 'x-own': 'yes' } },
      { policy, resolve: leadingTo(['127.0.0.1']).resolve },
    )
    expect(answer).toEqual({ status: 202, text: 'taken' })
    const host = `receiver.test:${at}`
    const type = 'application/json'
    expect(seen).toEqual([{ method: 'POST', url: '/path?query=1', host, type, own: 'yes', body: '{"a":"€"}' }])
  })

  it('follows no redirect', async () => {
    const at = await receiver((_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${port}/` }).end()
    })
    expect(await postJson(`http://127.0.0.1:${at}/`, message, { policy })).toEqual({ status: 307, text: '' })
    await sleep(20)
    expect(connections).toBe(0)
  })

  it('waits for an answer as long as it may and no longer', async () => {
    const at = await receiver(() => {})
    const sent = postJson(`http://127.0.0.1:${at}/`, message, { policy, timeoutMs: 100 })
    await expect(sent).rejects.toMatchObject({ name: 'TimeoutError' })
    const drip = await receiver((_request, response) => {
      const timer = setInterval(() => response.write('x'), 10)
      response.on('close', () => clearInterval(timer))
    })
    const dripping = postJson(`http://127.0.0.1:${drip}/`, message, { policy, timeoutMs: 200 })
    await expect(dripping).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('reads no more of an answer than 64 KB', async () => {
    let written = 0
    const at = await receiver((_request, response) => {
      const chunk = Buffer.alloc(16 * 1_024, 'x')
      const more = () => {
        while (!response.destroyed && written < 64 * 1_024 * 1_024) {
          written += chunk.length
          if (!response.write(chunk)) return void response.once('drain', more)
        }
        response.end()
      }
      more()
    })
    const { status, text } = await postJson(`http://127.0.0.1:${at}/`, message, { policy })
    expect({ status, length: text.length }).toEqual({ status: 200, length: 64 * 1_024 })
    expect(written).toBeLessThan(32 * 1_024 * 1_024)
  })
})
