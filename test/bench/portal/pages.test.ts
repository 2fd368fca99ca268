import { describe, expect, it } from '@jest/globals'
import { missingPages, staffRoutes } from './pages.ts'

describe('the pages of the portal bench', () => {
  it('are all staff pages there are', () => {
    expect(missingPages()).toEqual([])
  })

  it('are found by their folders, without groups', () => {
    expect(staffRoutes()).toEqual(expect.arrayContaining(['/', '/agents/[key]', '/allocation/close/[month]']))
    expect(staffRoutes()).not.toContain('/login')
  })

  it('miss a page that has no address, and name it', () => {
    expect(missingPages([...staffRoutes(), '/nowhere'])).toEqual(['/nowhere is not measured: give it an address.'])
    expect(missingPages(staffRoutes().filter((route) => route !== '/tasks'))).toEqual([
      '/tasks is listed, and no page of the portal.',
    ])
  })
})
