import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startProvider, type TestProvider } from '@outlay/server/auth/oidc-test-kit'
import { freePort, type ServerProcess } from '../support/server-process.ts'
import { accessFaults } from './every-page.ts'
import { PEOPLE } from './product.ts'
import { Visitor } from './visitor.ts'
import { product, visiting, type Visit } from './world.ts'

export function provider(): void {
  describe('signing in by an OpenID Connect provider', () => {
    let firm: TestProvider
    let server: ServerProcess

    beforeAll(async () => {
      const port = await freePort()
      const url = `http://127.0.0.1:${port}`
      firm = await startProvider(url)
      const { issuer, clientId, clientSecret, label } = firm.settings
      server = await product().another(port, {
        OUTLAY_PUBLIC_URL: url,
        OUTLAY_OIDC_ISSUER: issuer,
        OUTLAY_OIDC_CLIENT_ID: clientId,
        OUTLAY_OIDC_CLIENT_SECRET: clientSecret,
        OUTLAY_OIDC_LABEL: label,
      })
    }, 180_000)

    afterAll(async () => {
      await server.stop()
      await firm.close()
    })

    /** Somebody at the server that has a provider. What goes wrong behind their pages fails the test; going to the provider does not. */
    async function atTheFirm(visit: Visit, test: (visitor: Visitor) => Promise<void>): Promise<void> {
      const window = await visit(null)
      window.expectProblem(/another host: http:\/\/127\.0\.0\.1:/)
      const visitor = new Visitor(window.page, server.url)
      visitor.expectProblem(new RegExp(`another host: ${firm.settings.issuer}/`))
      await test(visitor)
      expect(visitor.problems()).toEqual([])
    }

    const button = (visitor: Visitor) => visitor.page.getByRole('button', { name: 'Sign in with Fernhill account' })

    it(
      'takes one press of a button, and leads to the page that was asked for',
      visiting(async (visit) => {
        firm.next = { subject: 'finance', email: PEOPLE.finance.email, isVerified: true, name: 'Finance' }
        await atTheFirm(visit, async (visitor) => {
          await visitor.open('/clients?period=last-month')
          expect(await accessFaults(visitor)).toEqual([])
          await visitor.click(button(visitor))
          await visitor.arrivesAt('/clients?period=last-month')
          await visitor.reads(visitor.page.getByRole('heading', { level: 1 }), /^Clients$/)
        })
      }),
    )

    it(
      'says why somebody is not let in, and takes them another way',
      visiting(async (visit) => {
        await atTheFirm(visit, async (visitor) => {
          for (const [claims, why] of [
            [{ email: 'nobody@example.test', isVerified: true }, /open the link in that mail/],
            [{ email: PEOPLE.viewer.email, isVerified: false }, /does not say that your e-mail address is verified/],
          ] as const) {
            await visitor.context.clearCookies()
            firm.next = { subject: claims.email, name: 'Somebody', ...claims }
            await visitor.open('/login?next=/agents')
            await visitor.click(button(visitor))
            await visitor.arrivesAt(/^\/login\?next=%2Fagents&error=/)
            await visitor.reads(visitor.page.getByRole('status').first(), why)
          }
          await visitor.fill(visitor.page.getByLabel('E-mail', { exact: true }), PEOPLE.viewer.email)
          await visitor.fill(visitor.page.getByLabel('Password'), PEOPLE.viewer.password)
          await visitor.click(visitor.page.getByRole('button', { name: 'Sign in', exact: true }))
          await visitor.arrivesAt('/agents')
        })
      }),
    )

    it(
      'is not offered where no provider is set up',
      visiting(async (visit) => {
        const visitor = await visit(null)
        await visitor.open('/login')
        await visitor.ready(visitor.page.getByRole('button', { name: 'Sign in', exact: true }))
        expect(await visitor.page.getByRole('button', { name: /^Sign in with/ }).count()).toBe(0)
      }),
    )
  })
}
