import { describe, expect, it } from '@jest/globals'
import { refusalWords } from './sign-in-refusal.ts'

describe('refusalWords', () => {
  it('has a sentence for each reason, and one for those it does not know', () => {
    expect(refusalWords(null)).toBeNull()
    expect(refusalWords('INVALID_TOKEN')).toMatch(/used up or too old/)
    expect(refusalWords('email_not_verified')).toMatch(/verified/)
    expect(refusalWords('not_invited')).toMatch(/invited/)
    expect(refusalWords('second_factor')).toMatch(/password and a code/)
    expect(refusalWords('state_mismatch')).toMatch(/another browser/)
    expect(refusalWords('unable_to_get_user_info')).toMatch(/could not be signed in/)
    expect(refusalWords('constructor')).toMatch(/could not be signed in/)
  })
})
