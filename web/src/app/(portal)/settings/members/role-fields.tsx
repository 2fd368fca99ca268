'use client'

import { useState } from 'react'
import { PickOne } from '../../../../components/form/pick-one.tsx'
import { Field } from '../../../../components/form/field.tsx'
import type { Role } from '../../../../generated/graphql.ts'
import { roleName } from '../../../../lib/roles.ts'
import { ClientLimit } from './client-limit.tsx'

interface RoleFieldsProps {
  roles: readonly Role[]
  clients: readonly { key: string; name: string }[]
  initial: Role
  initialClient: string | null
  /** For somebody who joins: they can be limited to clients from the first moment on. */
  isNew?: boolean
}

/** A role; and of a client's person, which client. */
export function RoleFields({ roles, clients, initial, initialClient, isNew = false }: RoleFieldsProps) {
  const [role, setRole] = useState<Role>(initial)
  return (
    <>
      <Field label="Role">
        <select
          className="field text-body text-ink"
          name="role"
          value={role}
          onChange={(event) => setRole(event.target.value as Role)}
        >
          {roles.map((one) => (
            <option key={one} value={one}>
              {roleName(one)}
            </option>
          ))}
        </select>
      </Field>
      {isNew && role === 'PROJECT_MANAGER' ? <ClientLimit clients={clients} chosen={[]} /> : null}
      {role !== 'CLIENT' ? null : (
        <Field label="Client" hint="they see its tasks, and nothing about cost">
          <PickOne
            name="client"
            label="Client"
            kind="CLIENT"
            options={clients}
            initial={initialClient ?? ''}
            placeholder="Choose a client"
            className="field text-body text-ink"
          />
        </Field>
      )}
    </>
  )
}
