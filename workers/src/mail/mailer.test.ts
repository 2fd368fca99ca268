import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { mailServer } from './mail-test-kit.ts'
import { openMailer } from './mailer.ts'

const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

const mail = {
  to: 'ops@example.com, ada@example.com',
  subject: 'Costs\r\nBcc: eve@example.com\u2028\u0000 rise',
  text: 'Six times as much.',
  html: '<p>Six times as much.</p>',
  messageId: '<dlv_1@example.com>',
  references: '<alr_1@example.com>',
}

describe('a mail', () => {
  it('is sent as text and HTML, to whom it is for and nobody else (fault X-6)', async () => {
    const server = await mailServer()
    const mailer = openMailer({ smtp: { url: server.url, from: 'Outlay <outlay@example.com>' }, dataDir: '' })
    await mailer.send(mail)
    server.close()
    const heard = server.heard()
    expect(heard.match(/^(MAIL FROM|RCPT TO):.*$/gm)).toEqual([
      'MAIL FROM:<outlay@example.com>',
      'RCPT TO:<ops@example.com>',
      'RCPT TO:<ada@example.com>',
    ])
    expect(heard).toMatch(/^Message-ID: <dlv_1@example\.com>\r$/m)
    expect(heard).toMatch(/^References: <alr_1@example\.com>\r$/m)
    expect(heard).toMatch(/^Subject: Costs Bcc: eve@example\.com {2}rise\r$/m)
    expect(heard).not.toMatch(/^Bcc:/m)
    expect(heard.match(/^Content-Type: (text|multipart)\/[a-z]+/gm)).toEqual([
      'Content-Type: multipart/alternative',
      'Content-Type: text/plain',
      'Content-Type: text/html',
    ])
  })

  it('is kept in a file of its owner where there is no SMTP', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'outlay-mail-'))
    folders.push(dataDir)
    const file = join(dataDir, 'outbox.txt')
    await openMailer({ smtp: null, dataDir }).send(mail)
    expect((await readFile(file, 'utf8')).replace(/^Date: .*$/m, 'Date: …')).toBe(
      [
        'To: ops@example.com, ada@example.com',
        'Subject: Costs Bcc: eve@example.com  rise',
        'Message-ID: <dlv_1@example.com>',
        'Date: …',
        '',
        'Six times as much.',
        '---',
        '',
      ].join('\n'),
    )
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })
})
