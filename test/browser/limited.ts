import { describe, expect, it } from '@jest/globals'
import { rowsOf } from './table.ts'
import { product, visiting } from './world.ts'

export function limited(): void {
  describe('a project manager who is limited to a client', () => {
    it(
      'is limited on the members page, and then sees that client, its projects and tasks, and no page of the whole firm',
      visiting(async (visit) => {
        const owner = await visit('leadership')
        await owner.open('/settings/members')
        const { members } = (
          await owner.graphql('{ members { id email role } clients(first: 100) { nodes { key name } } }')
        ).data as { members: { id: string; email: string }[] }
        const member = members.find(({ email }) => email === 'pm@demo.outlay.local')
        if (member === undefined) throw new Error('The demo has no project manager.')
        const manager = await visit('projectManager')
        try {
          const row = owner.page.getByRole('row', { name: /pm@demo\.outlay\.local/ })
          await owner.click(row.getByRole('button', { name: /^Clients…/ }))
          const dialog = owner.page.getByRole('dialog')
          await (await owner.ready(dialog.getByRole('checkbox', { name: 'Northwind Capital' }))).check()
          await owner.click(dialog.getByRole('button', { name: 'Set the clients' }))
          await owner.reads(row, /Only: Northwind Capital/)

          await manager.until('The limit is kept to', async () => {
            await manager.open('/')
            return manager.path.startsWith('/clients')
          })
          expect(await manager.everything()).toContain('Limited to Northwind Capital')
          await manager.open('/clients?period=last-month')
          const clients = await rowsOf(manager.page.getByRole('table', { name: /^Clients/ }))
          expect(clients.map((one) => one.Client?.text)).toEqual([expect.stringMatching(/^Northwind Capital/)])
          await manager.open('/clients/northwind?period=last-month')
          await manager.reads(manager.page.getByRole('main'), /Northwind Capital/)

          await manager.open('/projects?period=last-month')
          const { data } = await manager.graphql('{ projects(first: 100) { nodes { name client { key } } } }')
          const own = (data as { projects: { nodes: { name: string; client: { key: string } }[] } }).projects.nodes
          expect(own.map(({ client }) => client.key)).toEqual(own.map(() => 'northwind'))
          const projects = await rowsOf(manager.page.getByRole('table', { name: /^Projects/ }))
          expect(projects.length).toBe(own.length)
          expect(own.length).toBeGreaterThan(0)
          for (const { name } of own) expect(await manager.everything()).toContain(name)

          for (const path of [
            '/projects/site-rebuild',
            '/spend',
            '/agents',
            '/allocation',
            '/charges',
            '/terms',
            '/rate-cards',
          ]) {
            await manager.open(path)
            await manager.reads(manager.page.getByRole('main'), /limited to some of its clients/)
          }
          const shown = await manager.everything()
          for (const name of ['Halden', 'Meridian', 'Brightwater']) expect(shown).not.toContain(name)
        } finally {
          await product().demo.gql(
            'mutation ($id: ID!) { setMemberClients(id: $id, clients: []) { userErrors { message } } }',
            { id: member.id },
          )
          await manager.until('The limit is over', async () => {
            const { data } = await manager.graphql('{ viewer { clients { key } } }')
            return (data as { viewer: { clients: unknown } }).viewer.clients === null
          })
        }
      }),
    )
  })
}
