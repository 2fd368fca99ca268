import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { totp } from '@outlay/server/auth/totp-test-kit'
import { PEOPLE } from './product.ts'
import type { Visitor } from './visitor.ts'
import { product, visiting } from './world.ts'

const NEW_PASSWORD = 'chosen when joining'

let invitation: Promise<string> | null = null

/** The page of an invitation that nobody has answered. */
export function someInvitation(): Promise<string> {
  const email = 'invited@fernhill.example'
  invitation ??= product()
    .demo.gql('mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { userErrors { message } } }', {
      input: { email, role: 'VIEWER' },
    })
    .then(() => joinLink(email))
  return invitation
}

export function settings(): void {
  describe('settings', () => {
    it(
      'invite somebody, who joins by the link of the mail, is given another role, and is removed',
      visiting(async (visit) => {
        const email = 'grace@fernhill.example'
        const owner = await visit('leadership')
        await owner.open('/settings/members')
        await owner.click(owner.page.getByRole('button', { name: 'Invite…' }))
        const dialog = owner.page.getByRole('dialog', { name: 'Invite somebody' })
        await owner.fill(dialog.getByLabel('E-mail'), email)
        await dialog.getByLabel('Role').selectOption({ label: 'Finance' })
        await owner.click(dialog.getByRole('button', { name: 'Send the invitation' }))
        await owner.reads(owner.page.getByRole('region', { name: 'Invitations' }), /grace@fernhill\.example Finance/)

        const link = joinLink(email)
        const grace = await visit(null)
        await grace.open(link)
        await grace.reads(grace.page.getByRole('heading', { level: 1 }), /^Join Fernhill/)
        await grace.fill(grace.page.getByLabel('Your name'), 'Grace Hopper')
        await grace.fill(grace.page.getByLabel(/^A password/), NEW_PASSWORD)
        await grace.click(grace.page.getByRole('button', { name: /^Join Fernhill/ }))
        await grace.arrivesAt('/')
        await grace.reads(grace.page.getByRole('heading', { level: 1 }), /^Fleet$/)
        await grace.open('/settings/members')
        await grace.reads(grace.page.getByRole('main'), /Members are seen, invited and changed by leadership/)
        await grace.open(link)
        await grace.reads(grace.page.getByRole('heading', { level: 1 }), /This invitation does not work/)

        await owner.open('/settings/members')
        const members = owner.page.getByRole('table', { name: 'Members' })
        await owner.click(members.getByRole('button', { name: 'Role… of Grace Hopper' }))
        const change = owner.page.getByRole('dialog', { name: 'Another role for Grace Hopper?' })
        await change.getByLabel('Role').selectOption({ label: 'Client' })
        await change.getByLabel(/^Client/).selectOption('northwind')
        await owner.click(change.getByRole('button', { name: 'Change the role' }))
        await owner.reads(members.getByRole('row', { name: /Grace Hopper/ }), /Client of Northwind/i)
        await grace.open('/')
        await grace.reads(grace.page.getByRole('heading', { level: 1 }), /Northwind/)

        await owner.click(members.getByRole('button', { name: 'Remove… Grace Hopper' }))
        const remove = owner.page.getByRole('dialog', { name: 'Remove Grace Hopper?' })
        await owner.click(remove.getByRole('button', { name: 'Remove the member' }))
        await members.getByRole('row', { name: /Grace Hopper/ }).waitFor({ state: 'detached' })
        grace.expectProblem(/status of 403/)
        const { errors } = await grace.graphql('{ viewer { id } }')
        expect(errors[0]?.extensions.code).toBe('FORBIDDEN')

        await owner.open('/settings/audit')
        const log = await owner.text(owner.page.getByRole('region', { name: 'Audit log' }))
        expect(log).toMatch(
          /Remove member removeMember leadership@.*Change member role .*Accept invitation .*Invite member/,
        )
        expect(log).toContain('role: FINANCE')
      }),
    )

    it(
      'add a tenant to somebody who is here already, who then goes from one to the other',
      visiting(async (visit) => {
        const owner = await visit('newcomer')
        await owner.open('/settings/members')
        await owner.click(owner.page.getByRole('button', { name: 'Invite…' }))
        const dialog = owner.page.getByRole('dialog', { name: 'Invite somebody' })
        await owner.fill(dialog.getByLabel('E-mail'), PEOPLE.viewer.email)
        await owner.click(dialog.getByRole('button', { name: 'Send the invitation' }))
        await owner.page.getByRole('region', { name: 'Invitations' }).waitFor()

        const visitor = await visit(null)
        await visitor.open(joinLink(PEOPLE.viewer.email))
        await visitor.click(visitor.page.getByRole('link', { name: 'Sign in and come back' }))
        await visitor.arrivesAt(/^\/login/)
        await enter(visitor, PEOPLE.viewer)
        await visitor.arrivesAt(/^\/join\//)
        await visitor.click(visitor.page.getByRole('button', { name: 'Join Newcomer' }))
        await visitor.arrivesAt('/')
        const home = visitor.page.locator('aside').getByRole('link').first()
        await visitor.reads(home, /^Newcomer$/)
        await visitor.click(visitor.page.locator('aside summary'))
        const tenants = visitor.page.locator('aside').getByRole('list', { name: 'Your tenants' })
        await visitor.click(tenants.getByRole('button', { name: /^Fernhill/ }))
        await visitor.until('The other tenant', async () => /^Fernhill/.test(await visitor.text(home)))
        await visitor.isComplete()
        expect(await visitor.text(visitor.page.getByRole('main'))).toContain('GBP')
      }),
    )

    it(
      'give the tenant its name, currency and time zone, and name what cannot be',
      visiting(async (visit) => {
        const owner = await visit('newcomer')
        await owner.open('/settings')
        const { page } = owner
        const field = (label: RegExp) => page.getByRole('main').getByLabel(label)
        const save = page.getByRole('button', { name: 'Save' })
        await owner.fill(field(/^Time zone/), 'Mars/Olympus')
        await owner.click(save)
        await page.getByText('"Mars/Olympus" is not a time zone such as Europe/London.').waitFor()
        expect(await field(/^Time zone/).getAttribute('aria-invalid')).toBe('true')
        await owner.fill(field(/^Time zone/), 'Europe/Paris')
        await owner.fill(field(/^Currency/), 'zzz')
        await owner.click(save)
        await page.getByText('"ZZZ" is not an ISO 4217 currency code such as GBP.').waitFor()
        await owner.fill(field(/^Currency/), 'chf')
        await owner.fill(field(/^Name/), 'Newcomer & Partners')
        await owner.click(save)
        await owner.reads(page.locator('aside').getByRole('link').first(), /^Newcomer & Partners$/)
        await owner.reads(page.getByRole('main'), /CHF.*days in Europe\/Paris/)
        const { data } = await owner.graphql('{ tenant { name currency timeZone isSettled } }')
        expect(data).toEqual({
          tenant: { name: 'Newcomer & Partners', currency: 'CHF', timeZone: 'Europe/Paris', isSettled: false },
        })
        const back = '{ name: "Newcomer", currency: "EUR", timeZone: "Europe/Berlin" }'
        await owner.graphql(`mutation { updateTenantSettings(input: ${back}) { userErrors { code } } }`)
      }),
    )

    it(
      'keep currency and zone where amounts are stored, and are read by all',
      visiting(async (visit) => {
        const owner = await visit('leadership')
        await owner.open('/settings')
        const main = owner.page.getByRole('main')
        await owner.reads(main, /stored in its currency and time zone, so these two stay/)
        expect(await main.getByLabel(/^Currency/).getAttribute('readonly')).not.toBeNull()
        const { data } = await owner.graphql(
          'mutation { updateTenantSettings(input: { currency: "USD" }) { userErrors { code message } } }',
        )
        expect(data).toMatchObject({
          updateTenantSettings: {
            userErrors: [{ code: 'CURRENCY_SETTLED', message: expect.stringMatching(/^The currency stays GBP/) }],
          },
        })
        for (const person of ['finance', 'projectManager'] as const) {
          const visitor = await visit(person)
          await visitor.open('/settings')
          await visitor.reads(visitor.page.getByRole('main'), /Currency GBP Time zone Europe\/London/)
          await visitor.page.getByText('An administrator changes this.').first().waitFor()
          expect(await visitor.page.getByRole('button', { name: 'Save' }).count()).toBe(0)
        }
      }),
    )

    it(
      'say why the last owner stays',
      visiting(async (visit) => {
        const owner = await visit('leadership')
        await owner.open('/settings/members')
        await owner.click(owner.page.getByRole('row', { name: /· you/ }).getByRole('button', { name: /^Remove…/ }))
        const dialog = owner.page.getByRole('dialog', { name: 'Remove yourself?' })
        await owner.click(dialog.getByRole('button', { name: 'Leave the tenant' }))
        await owner.reads(dialog, /This is the last OWNER; make somebody else one first\./)
        expect(await dialog.isVisible()).toBe(true)
      }),
    )

    it(
      'keep the audit log filtered by address',
      visiting(async (visit) => {
        const owner = await visit('leadership')
        await product().demo.gql('mutation { createApiKey(input: { name: "Audited", scopes: ["read"] }) { secret } }')
        await owner.open('/settings/audit')
        await (await owner.ready(owner.page.getByLabel('Action'))).selectOption('createApiKey')
        await owner.arrivesAt('/settings/audit?action=createApiKey')
        const table = owner.page.getByRole('region', { name: 'Audit log' })
        await owner.reads(table, /Create API key createApiKey .*Audited name: Audited scopes: read/)
        expect(await owner.text(table)).not.toContain('Invite member')
        await owner.open('/settings/audit?action=createApiKey&actor=nobody')
        await owner.reads(owner.page.getByRole('main'), /Nothing in the log is of this action/)
      }),
    )

    it(
      'print the policy table as the API has it',
      visiting(async (visit) => {
        const viewer = await visit('viewer')
        await viewer.open('/settings/roles')
        const { policy } = await product().demo.gql<{
          policy: { may: string; roles: string[]; scopes: string[]; ofClients: boolean }[]
        }>('{ policy { may roles scopes ofClients } }')
        const roles = ['OWNER', 'ADMIN', 'FINANCE', 'PROJECT_MANAGER', 'VIEWER', 'CLIENT']
        const rows = await viewer.page.getByRole('table', { name: 'Who may do what' }).locator('tbody tr').all()
        expect(rows).toHaveLength(policy.length)
        for (const [index, row] of rows.entries()) {
          const cells = await Promise.all((await row.locator('td').all()).map((cell) => viewer.text(cell)))
          const rule = policy[index]
          expect(await viewer.text(row.locator('th'))).toContain(rule?.may)
          expect(cells).toEqual([
            ...roles.map((role) => (rule?.roles.includes(role) ? 'yes' : 'no')),
            rule?.ofClients === true ? 'yes' : 'no',
            rule?.scopes.join(' or ') || 'no key',
          ])
        }
        await viewer.open('/settings/audit')
        await viewer.reads(
          viewer.page.getByRole('main'),
          /The audit log is read by leadership, administrators and Finance/,
        )
      }),
    )

    it(
      'list the sessions of their person, and end another one',
      visiting(async (visit) => {
        const [here, there] = [await visit(null), await visit(null)]
        for (const visitor of [here, there]) await signIn(visitor, PEOPLE.projectManager)
        await here.open('/settings/account')
        const sessions = here.page.getByRole('region', { name: 'Sessions' })
        await here.reads(sessions, /Chrome \d+ on Linux/)
        const before = await sessions.getByRole('button', { name: /^End…/ }).count()
        await here.click(sessions.getByRole('button', { name: /^End…/ }).first())
        await here.click(
          here.page.getByRole('dialog').locator('visible=true').getByRole('button', { name: 'End the session' }),
        )
        await here.until(
          'One fewer',
          async () => (await sessions.getByRole('button', { name: /^End…/ }).count()) === before - 1,
        )
        await there.open('/agents')
        expect(there.path).toBe('/login?next=%2Fagents')
      }),
    )

    it(
      'turn a second factor on, which signing in then asks for, and off again',
      visiting(async (visit) => {
        const visitor = await visit(null)
        await signIn(visitor, PEOPLE.client)
        await visitor.open('/settings/account')
        const main = visitor.page.getByRole('main')
        await visitor.click(main.getByRole('button', { name: /^Turn on…/ }))
        const dialog = visitor.page.getByRole('dialog', { name: 'Turn a second factor on' })
        await visitor.fill(dialog.getByLabel('Your password'), PEOPLE.client.password)
        await visitor.click(dialog.getByRole('button', { name: 'Go on' }))
        await main.getByRole('img', { name: 'QR code of the secret' }).waitFor()
        const secret = await main.locator('form code').innerText()
        await visitor.fill(main.getByLabel('The code it shows now'), totp(secret))
        await visitor.click(main.getByRole('button', { name: 'Turn it on' }))
        await visitor.reads(main, /It is on\. Keep these backup codes/)
        await visitor.reads(main, /Signing in takes a second factor on/)

        await visitor.context.clearCookies()
        await visitor.open('/login')
        await enter(visitor, PEOPLE.client)
        const code = visitor.page.getByLabel(/^Code/)
        visitor.expectProblem(/status of 401 .*two-factor/)
        await visitor.fill(code, '000000')
        const go = visitor.page.getByRole('button', { name: 'Sign in', exact: true })
        await visitor.click(go)
        await visitor.reads(visitor.page.getByRole('status'), /This code is not right/)
        await visitor.fill(code, totp(secret))
        await visitor.click(go)
        await visitor.arrivesAt('/')

        await visitor.open('/settings/account')
        await visitor.click(main.getByRole('button', { name: /^Turn off…/ }))
        const off = visitor.page.getByRole('dialog', { name: 'Turn the second factor off?' })
        await visitor.fill(off.getByLabel('Your password'), PEOPLE.client.password)
        await visitor.click(off.getByRole('button', { name: 'Turn it off' }))
        await visitor.reads(main, /Signing in takes a password, or a link by mail off/)
      }),
    )
  })
}

async function signIn(visitor: Visitor, login: { email: string; password: string }): Promise<void> {
  await visitor.open('/login')
  await enter(visitor, login)
  await visitor.arrivesAt('/')
}

async function enter(visitor: Visitor, { email, password }: { email: string; password: string }): Promise<void> {
  await visitor.fill(visitor.page.getByLabel('E-mail', { exact: true }), email)
  await visitor.fill(visitor.page.getByLabel('Password'), password)
  await visitor.click(visitor.page.getByRole('button', { name: 'Sign in', exact: true }))
}

/** The path of the latest invitation to an address. */
function joinLink(email: string): string {
  const mail = readFileSync(product().outbox, 'utf8')
    .split('\n---\n')
    .findLast((one) => one.includes(`To: ${email}\n`))
  return /\/join\/\S+/.exec(mail ?? '')?.[0] ?? ''
}
