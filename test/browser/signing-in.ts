import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { PEOPLE } from './product.ts'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

/** The browser reports a refused password on the console. */
const refusal = /status of 401 .*sign-in\/email/

export function signingIn(): void {
  describe('signing in', () => {
    it(
      'takes one press of a demo button',
      visiting(async (visit) => {
        const visitor = await visit(null)
        for (const label of ['Leadership', 'Finance', 'Project manager', 'Client']) {
          await visitor.open('/login')
          await visitor.click(visitor.page.getByRole('button', { name: label, exact: true }))
          await visitor.arrivesAt('/')
          const heading = visitor.page.getByRole('heading', { level: 1 })
          await visitor.reads(heading, label === 'Client' ? /Northwind/ : /^Fleet$/)
          await visitor.context.clearCookies()
        }
      }),
    )

    it(
      'takes e-mail and password',
      visiting(async (visit) => {
        const visitor = await visit(null)
        await visitor.open('/login')
        await signIn(visitor, PEOPLE.finance)
        await visitor.arrivesAt('/')
        await visitor.reads(visitor.page.getByRole('heading', { level: 1 }), /^Fleet$/)
      }),
    )

    it(
      'takes the link of a mail, once',
      visiting(async (visit) => {
        const visitor = await visit(null)
        await visitor.open('/login?next=/clients')
        await visitor.fill(visitor.page.getByLabel('E-mail', { exact: true }), PEOPLE.projectManager.email)
        await visitor.click(visitor.page.getByRole('button', { name: 'E-mail me a link instead' }))
        await visitor.reads(visitor.page.getByRole('status'), /on its way to pm@demo/)
        const link = linkOf(PEOPLE.projectManager.email)
        await visitor.open(link)
        expect(visitor.path).toBe('/clients')
        await visitor.context.clearCookies()
        await visitor.open(link)
        expect(visitor.path).toMatch(/^\/login/)
        await visitor.reads(visitor.page.getByRole('status'), /used up or too old/)
      }),
    )

    it(
      'says that a password is wrong, and lets one try again',
      visiting(async (visit) => {
        const visitor = await visit(null)
        visitor.expectProblem(refusal)
        await visitor.open('/login')
        await signIn(visitor, { ...PEOPLE.finance, password: 'not the password' })
        await visitor.reads(visitor.page.getByRole('status'), /do not belong together/)
        expect(visitor.path).toBe('/login')
        expect(await visitor.page.getByLabel('E-mail', { exact: true }).inputValue()).toBe(PEOPLE.finance.email)
        await signIn(visitor, PEOPLE.finance)
        await visitor.arrivesAt('/')
      }),
    )

    it(
      'comes before any page, and leads back to that page as it was asked for',
      visiting(async (visit) => {
        const visitor = await visit(null)
        const asked = '/agents?period=last-month&sort=tasks.desc'
        for (const path of ['/', '/tasks/market-entry-analysis', '/developers']) {
          await visitor.open(path)
          expect(visitor.path).toBe(`/login?next=${encodeURIComponent(path)}`)
        }
        await visitor.open(asked)
        expect(visitor.path).toBe(`/login?next=${encodeURIComponent(asked)}`)
        await signIn(visitor, PEOPLE.leadership)
        await visitor.arrivesAt(asked)
      }),
    )

    it(
      'never leads to another site',
      visiting(async (visit) => {
        const visitor = await visit(null)
        for (const next of ['//evil.invalid/x', '/\\evil.invalid']) {
          await visitor.open(`/login?next=${encodeURIComponent(next)}`)
          await signIn(visitor, PEOPLE.finance)
          await visitor.arrivesAt('/')
          await visitor.context.clearCookies()
        }
      }),
    )

    it(
      'ends with signing out: the session is over on the server too',
      visiting(async (visit) => {
        const visitor = await visit(null)
        await visitor.open('/login')
        await signIn(visitor, PEOPLE.leadership)
        await visitor.arrivesAt('/')
        const cookies = await visitor.context.cookies()
        const account = visitor.page.locator('aside summary')
        await visitor.click(account)
        await visitor.click(visitor.page.getByRole('button', { name: 'Sign out' }).first())
        await visitor.arrivesAt('/login')
        await visitor.context.addCookies(cookies)
        await visitor.open('/agents')
        expect(visitor.path).toBe('/login?next=%2Fagents')
      }),
    )
  })
}

async function signIn(visitor: Visitor, { email, password }: { email: string; password: string }): Promise<void> {
  await visitor.fill(visitor.page.getByLabel('E-mail', { exact: true }), email)
  await visitor.fill(visitor.page.getByLabel('Password'), password)
  await visitor.click(visitor.page.getByRole('button', { name: 'Sign in', exact: true }))
}

/** The path of the latest link that was mailed to somebody. */
function linkOf(email: string): string {
  const { outbox, url } = product()
  if (!existsSync(outbox)) throw new Error('No mail was sent.')
  const mail = readFileSync(outbox, 'utf8')
    .split('\n---\n')
    .findLast((one) => one.includes(`To: ${email}\n`))
  const link = mail?.match(/^https?:\S+$/m)?.[0]
  if (link === undefined) throw new Error(`There is no link to ${email} in:\n${mail}`)
  expect(link.startsWith(`${url}/`)).toBe(true)
  return link.slice(url.length)
}
