import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  openDeliveryWorld,
  openReceiver,
  until,
  type DeliveryWorld,
  type Receiver,
} from '@outlay/workers/delivery/test-world'
import { Webhook } from 'standardwebhooks'

type Headers = Record<string, string | undefined>
type IsFromOutlay = (headers: Headers, body: string, secret: string) => boolean

const page = readFileSync(new URL('../../docs/how-to/get-told.md', import.meta.url), 'utf8')

describe('the signature of a webhook', () => {
  let world: DeliveryWorld
  let receiver: Receiver
  const folder = mkdtempSync(join(tmpdir(), 'outlay-docs-'))

  beforeAll(async () => {
    world = await openDeliveryWorld()
    receiver = await openReceiver()
  }, 120_000)

  afterAll(async () => {
    await receiver.close()
    await world.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is right for the code of the manual, and for the library of the specification', async () => {
    const file = join(folder, 'manual.mjs')
    writeFileSync(file, /```js\n([^]*?)```/.exec(page)?.[1] ?? '')
    const { isFromOutlay } = (await import(pathToFileURL(file).href)) as { isFromOutlay: IsFromOutlay }
    const tenantId = await world.tenant()
    const { id, secret } = await world.channel(tenantId, { kind: 'WEBHOOK', target: receiver.url })
    const other = await world.channel(tenantId, { kind: 'WEBHOOK', target: receiver.url })
    await world.raise(tenantId, { title: 'Ein Überschuß von £5 🙂', channels: [id] })
    await world.worker().look(tenantId)
    await until(() => receiver.heard.length === 1)
    const [heard] = receiver.heard
    const headers = heard?.headers as Headers
    const body = heard?.body ?? ''

    expect(isFromOutlay(headers, body, secret)).toBe(true)
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'alert.raised',
      data: { title: 'Ein Überschuß von £5 🙂' },
    })

    const old = String(Number(headers['webhook-timestamp']) - 301)
    const wrong: [Headers, string, string][] = [
      [headers, body, other.secret],
      [headers, body.replace('300', '301'), secret],
      [{ ...headers, 'webhook-id': 'dlv_1' }, body, secret],
      [{ ...headers, 'webhook-timestamp': old }, body, secret],
      [{ ...headers, 'webhook-signature': 'v1,' }, body, secret],
      [{}, body, secret],
    ]
    expect(wrong.map(([given, text, key]) => isFromOutlay(given, text, key))).toEqual(Array(6).fill(false))
  })
})
