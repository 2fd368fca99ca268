import { describe, expect, it } from '@jest/globals'
import { checkMemberChange, refusalOf, type MemberRefusal } from './member-change.ts'
import { ROLES, type Role } from './policy.ts'

const places = [...ROLES, null] as const

describe('who may change whom', () => {
  it('is nobody but owners and administrators, whatever the change', () => {
    for (const by of ['FINANCE', 'PROJECT_MANAGER', 'VIEWER', 'CLIENT'] as const)
      for (const from of places)
        for (const to of places) expect(refusalOf({ by, from, to, owners: 3 })).toBe('NOT_ALLOWED')
  })

  it('lets an administrator do everything that no owner is part of', () => {
    for (const from of places) {
      for (const to of places) {
        const touchesOwner = from === 'OWNER' || to === 'OWNER'
        expect([from, to, refusalOf({ by: 'ADMIN', from, to, owners: 3 })]).toEqual([
          from,
          to,
          touchesOwner ? 'OWNERS_ONLY' : null,
        ])
      }
    }
  })

  it.each<[from: Role | null, to: Role | null, owners: number, MemberRefusal | null]>([
    ['OWNER', null, 1, 'LAST_OWNER'],
    ['OWNER', 'ADMIN', 1, 'LAST_OWNER'],
    ['OWNER', 'OWNER', 1, null],
    ['OWNER', null, 2, null],
    ['OWNER', 'VIEWER', 2, null],
    ['ADMIN', null, 1, null],
    ['VIEWER', 'OWNER', 1, null],
    [null, 'OWNER', 1, null],
    [null, 'CLIENT', 1, null],
  ])('for an owner, %s → %s with %d owners is %s', (from, to, owners, refusal) => {
    expect(refusalOf({ by: 'OWNER', from, to, owners })).toBe(refusal)
  })

  it('refuses with a code and words', () => {
    const change = { by: 'OWNER', from: 'OWNER', to: null, owners: 1 } as const
    expect(() => checkMemberChange(change, 'id')).toThrow(
      expect.objectContaining({
        code: 'LAST_OWNER',
        field: 'id',
        message: 'This is the last OWNER; make somebody else one first.',
      }),
    )
    expect(() => checkMemberChange({ ...change, owners: 2 }, 'id')).not.toThrow()
  })
})
