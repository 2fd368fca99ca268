import { describe, expect, it } from '@jest/globals'
import { readLens } from './lens.ts'

describe('the lens of the fleet', () => {
  it.each([
    ['OWNER', 'leadership'],
    ['ADMIN', 'leadership'],
    ['VIEWER', 'leadership'],
    ['FINANCE', 'finance'],
    ['PROJECT_MANAGER', 'projects'],
  ] as const)('of %s is %s until the address asks for another', (role, own) => {
    expect(readLens({}, role).id).toBe(own)
    expect(readLens({ lens: 'auditors' }, role).id).toBe(own)
    expect(readLens({ lens: 'engineering' }, role).id).toBe('engineering')
  })
})
