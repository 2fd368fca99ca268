import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { startTestServer, type TestServer } from '../http/server-test-kit.ts'
import { alertsElsewhere, draft } from '../modules/alert/alert-test-kit.ts'

let test: TestServer
let elsewhere: ReturnType<typeof alertsElsewhere>

beforeAll(async () => {
  test = await startTestServer()
  elsewhere = alertsElsewhere(test)
}, 120_000)

afterAll(async () => {
  await elsewhere.close()
  await test.close()
})

it('the program of docs/how-to/follow-alerts-live.md prints an alert as it is raised', async () => {
  const tenant = await test.tenant()
  const page = await readFile(new URL('../../../docs/how-to/follow-alerts-live.md', import.meta.url), 'utf8')
  const [, source = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? []
  const program = spawn(process.execPath, ['--input-type=module', '-'], {
    // Where the packages that it imports are.
    cwd: new URL('../..', import.meta.url),
    env: { PATH: process.env['PATH'], OUTLAY_URL: test.url, OUTLAY_KEY: await tenant.keyWith('read') },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => program.once('close', resolve))
  let printed = ''
  program.stdout.on('data', (text: Buffer) => (printed += text.toString('utf8')))
  program.stdin.end(source)
  // It follows from its start on: what is raised while it connects it is sent as well, and what was before it is not.
  for (let i = 0; i < 60 && printed === ''; i += 1) {
    await elsewhere.raise(tenant.id, [draft(`spike ${i}`, { severity: 'CRITICAL' })])
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  program.kill()
  await ended
  expect(printed).toMatch(/^CRITICAL OPEN spike \d+: spike \d+ cost six times what is usual\.\n/)
}, 60_000)
