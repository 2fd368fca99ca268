import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import type { Role } from '@outlay/domain/audience/policy'
import { DEMO_LOGINS, DEMO_PASSWORD, DEMO_TENANT_ID } from '@outlay/db/demo/seed-demo'

const LABELS: Record<Role, string> = {
  OWNER: 'Leadership',
  ADMIN: 'Administration',
  FINANCE: 'Finance',
  PROJECT_MANAGER: 'Project manager',
  VIEWER: 'Viewer',
  CLIENT: 'Client',
}

/** `/api/demo`: the logins of the demo tenant, for the four buttons of the sign-in page; nothing where there is no demo. */
export function registerDemo(app: FastifyInstance, { authPool }: { authPool: pg.Pool }): void {
  app.get('/api/demo', async (request, reply) => {
    const found = await authPool.query<{ name: string }>('SELECT name FROM tenant WHERE id = $1 AND is_demo', [
      DEMO_TENANT_ID,
    ])
    const [tenant] = found.rows
    if (tenant === undefined) {
      return reply
        .code(404)
        .send({ error: { code: 'NOT_FOUND', message: 'There is no demo here.', requestId: request.id } })
    }
    const logins = DEMO_LOGINS.map(({ email, name, role }) => ({
      label: LABELS[role],
      email,
      name,
      role,
      password: DEMO_PASSWORD,
    }))
    return { tenant: tenant.name, logins }
  })
}
