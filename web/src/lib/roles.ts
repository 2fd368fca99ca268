import type { Role } from '../generated/graphql.ts'

const ROLE_NAMES = {
  OWNER: 'Leadership',
  ADMIN: 'Administrator',
  FINANCE: 'Finance',
  PROJECT_MANAGER: 'Project manager',
  VIEWER: 'Viewer',
  CLIENT: 'Client',
} as const satisfies Record<Role, string>

export const ROLES = Object.keys(ROLE_NAMES) as Role[]

export function roleName(role: Role): string {
  return ROLE_NAMES[role]
}

/** The roles that somebody may give: only owners make owners. The server decides again. */
export function givenRoles(by: Role): Role[] {
  return by === 'OWNER' ? ROLES : ROLES.filter((role) => role !== 'OWNER')
}
