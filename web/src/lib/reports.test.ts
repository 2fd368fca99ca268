import { describe, expect, it } from '@jest/globals'
import { addressesOf, recipientsText, runPercent, runText, type RunProgress } from './reports.ts'

const at = (changes: Partial<RunProgress>): RunProgress => ({
  state: 'RUNNING',
  filesDone: 0,
  filesTotal: 4,
  ...changes,
})

describe('the making of a report', () => {
  it.each<[Partial<RunProgress>, string, number | null]>([
    [{ state: 'QUEUED' }, 'begins as soon as a worker is free', null],
    [{ step: 'READ' }, 'reading what it says', 10],
    [{ step: 'RENDER', filesDone: 1 }, 'making file 2 of 4', 31],
    [{ step: 'STORE', filesDone: 4 }, 'storing it', 95],
  ])('%j is %s', (changes, text, percent) => {
    expect([runText(at(changes)), runPercent(at(changes))]).toEqual([text, percent])
  })
})

describe('recipients', () => {
  it('are read however they are written', () => {
    expect(addressesOf(' a@x.com, b@x.com;\nc@x.com ')).toEqual(['a@x.com', 'b@x.com', 'c@x.com'])
    expect(addressesOf(' ')).toEqual([])
  })

  it('are said in few words', () => {
    expect([[], ['a'], ['a', 'b', 'c']].map(recipientsText)).toEqual(['nobody', 'a', 'a and 2 more'])
  })
})
