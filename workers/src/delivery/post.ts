import { lookup as systemLookup } from 'node:dns/promises'
import http from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import { checkHookAddress, hostOf, portOf } from '@outlay/db/channels/check-hook-address'
import { mayConnect, type HookPolicy } from '@outlay/db/channels/hook-policy'

/** The whole of a request: name, connection, sending, answer. */
const REQUEST_MS_MAX = 5_000
/** What is read of an answer; nobody needs more than its first line. */
const ANSWER_BYTES_MAX = 64 * 1_024

export interface Address {
  address: string
  family: number
}

/** The addresses of a name. */
export type Resolve = (host: string) => Promise<Address[]>

export interface PostOptions {
  policy: HookPolicy
  resolve?: Resolve
  timeoutMs?: number
}

export interface Answer {
  status: number
  /** The beginning of what was answered. */
  text: string
}

const resolveBySystem: Resolve = (host) => systemLookup(host, { all: true, verbatim: true })

/**
 * Posts JSON to an address that a tenant has entered, which must not become a way into the network that we stand in: the name is resolved
 * once, every address that it has is looked at, the connection goes to one of these and nowhere else, and no redirect is followed. The
 * certificate must be the name's. Throws DomainError for an address that is refused as it is written, Error for what happens on the way.
 */
export async function postJson(
  address: string,
  { body, headers }: { body: string; headers: Record<string, string> },
  { policy, resolve = resolveBySystem, timeoutMs = REQUEST_MS_MAX }: PostOptions,
): Promise<Answer> {
  const url = checkHookAddress(address, policy)
  const signal = AbortSignal.timeout(timeoutMs)
  const addresses = await orAborted(addressesOf(hostOf(url), { policy, resolve }), signal)
  return orAborted(request(url, { body, headers, addresses, signal }), signal)
}

async function addressesOf(
  host: string,
  { policy, resolve }: { policy: HookPolicy; resolve: Resolve },
): Promise<Address[]> {
  const family = isIP(host)
  const addresses = family === 0 ? await resolve(host).catch(() => []) : [{ address: host, family }]
  if (addresses.length === 0) throw new Error(`The name ${host} leads nowhere.`)
  const refused = addresses.find(({ address }) => !mayConnect(policy, host, address))
  if (refused !== undefined) {
    throw new Error(`The name ${host} leads to ${refused.address}, an address of a private network; nothing was sent.`)
  }
  return addresses
}

function request(
  url: URL,
  given: { body: string; headers: Record<string, string>; addresses: readonly Address[]; signal: AbortSignal },
): Promise<Answer> {
  const { body, headers, addresses, signal } = given
  const client = url.protocol === 'http:' ? http : https
  return new Promise((resolve, reject) => {
    const sent = client.request(
      {
        host: hostOf(url),
        port: portOf(url),
        path: `${url.pathname}${url.search}`,
        method: 'POST',
        // No connection is kept: the next message resolves and looks again.
        agent: false,
        lookup: pinned(addresses),
        signal,
        headers: {
          ...headers,
          host: url.host,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'Outlay',
          connection: 'close',
        },
      },
      (response) => {
        const chunks: Buffer[] = []
        let bytes = 0
        const end = () => {
          const text = Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString('utf8')
          resolve({ status: response.statusCode ?? 0, text })
        }
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk)
          bytes += chunk.length
          if (bytes < ANSWER_BYTES_MAX) return
          end()
          sent.destroy()
        })
        response.on('end', end)
        response.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

type LookupDone = (error: Error | null, address: string | Address[], family?: number) => void

/** A resolver that knows the addresses that were looked at and asks nobody: what a name leads to cannot change in between. */
function pinned(addresses: readonly Address[]) {
  return (_host: string, options: { all?: boolean }, done: LookupDone): void => {
    const [first] = addresses
    if (options.all === true) done(null, [...addresses])
    else done(null, first?.address ?? '', first?.family)
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => {})
  const aborted = new Promise<never>((_, reject) => {
    const fail = () => reject(signal.reason as Error)
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true })
  })
  return Promise.race([promise, aborted])
}
