import { describe, expect, it } from '@jest/globals'
import { isAllowed, POLICY, ROLES, SCOPES, type Action } from './policy.ts'

const actions = Object.keys(POLICY) as Action[]
const ofRole = (role: (typeof ROLES)[number]) => actions.filter((action) => isAllowed({ kind: 'user', role }, action))
const ofScopes = (...scopes: string[]) => actions.filter((action) => isAllowed({ kind: 'key', scopes }, action))

describe('the policy table', () => {
  it('gives each role what it is for', () => {
    const reads: Action[] = [
      'viewer.read',
      'schema.read',
      'task.list',
      'task.read',
      'dimension.read',
      'cost.read',
      'fleet.read',
      'rate.read',
    ]
    const shared: Action[] = ['pool.manage', 'allocation.run', 'allocation.policy']
    const periods: Action[] = ['period.close', 'period.reopen']
    const seesAlerts: Action[] = [
      'alert.read',
      'budget.read',
      'budget.try',
      'detector.read',
      'forecast.read',
      'channel.read',
    ]
    const watches: Action[] = [
      'alert.read',
      'alert.handle',
      'budget.read',
      'budget.try',
      'budget.manage',
      'detector.read',
      'detector.manage',
      'forecast.read',
      'billing.read',
      'transparency.read',
      'transparency.manage',
      'channel.read',
      'channel.manage',
    ]
    const ownAffairs: Action[] = ['policy.read', 'account.manage']
    // What a client sees of itself, the firm sees as a preview.
    const ofFirm = actions.filter((action) => action !== 'client.own')
    expect(Object.fromEntries(ROLES.map((role) => [role, ofRole(role)]))).toEqual({
      OWNER: ofFirm,
      // Four eyes hold for everybody but the owners.
      ADMIN: ofFirm.filter((action) => action !== 'allocation.override'),
      FINANCE: [
        ...reads,
        'task.write',
        'rate.publish',
        'rating.correct',
        'rating.rerate',
        'pool.read',
        ...shared,
        ...watches.flatMap((action): Action[] =>
          action === 'billing.read'
            ? [action, 'billing.manage']
            : action === 'transparency.manage'
              ? [action, 'plan.read', 'plan.manage']
              : [action],
        ),
        ...periods,
        'reconciliation.read',
        'reconciliation.manage',
        'report.read',
        'report.request',
        'report.manage',
        'report.subscribe',
        'audit.read',
        ...ownAffairs,
        'view.save',
        'export.start',
      ],
      PROJECT_MANAGER: [
        ...reads,
        'task.write',
        'pool.read',
        ...watches,
        'reconciliation.read',
        'report.read',
        'report.request',
        'report.subscribe',
        ...ownAffairs,
        'view.save',
        'export.start',
      ],
      VIEWER: [
        ...reads,
        'pool.read',
        ...seesAlerts,
        'reconciliation.read',
        'report.read',
        'report.subscribe',
        ...ownAffairs,
        'view.save',
        'export.start',
      ],
      CLIENT: ['viewer.read', 'task.list', 'client.own', 'account.manage'],
    })
  })

  it('gives a project manager who is limited to clients what can be told of these, and nothing that is of the whole firm', () => {
    const limited = (role: (typeof ROLES)[number]) =>
      actions.filter((action) => isAllowed({ kind: 'user', role, isLimited: true }, action))
    expect(limited('PROJECT_MANAGER')).toEqual([
      'viewer.read',
      'schema.read',
      'task.list',
      'task.read',
      'dimension.read',
      'cost.read',
      'task.write',
      'alert.read',
      'alert.handle',
      'budget.read',
      'policy.read',
      'account.manage',
      'view.save',
    ])
    // A limit never gives anybody more.
    for (const role of ROLES) expect(ofRole(role)).toEqual(expect.arrayContaining(limited(role)))
  })

  it('gives a key what its scopes say, and several scopes all of it', () => {
    expect(ofScopes('ingest')).toEqual(['viewer.read', 'task.read', 'usage.record', 'task.write'])
    expect(ofScopes('read')).toEqual([
      'viewer.read',
      'schema.read',
      'task.list',
      'task.read',
      'dimension.read',
      'cost.read',
      'fleet.read',
      'rate.read',
      'pool.read',
      'alert.read',
      'budget.read',
      'budget.try',
      'detector.read',
      'forecast.read',
      'billing.read',
      'transparency.read',
      'plan.read',
      'channel.read',
      'reconciliation.read',
      'report.read',
      'policy.read',
      'export.start',
    ])
    // A closed month is reopened by two people; a key has no account, a view and an example are a person's.
    const ofPeople: Action[] = [
      'client.own',
      'period.reopen',
      'report.subscribe',
      'account.manage',
      'view.save',
      'demo.manage',
    ]
    expect(ofScopes(...SCOPES)).toEqual(actions.filter((action) => !ofPeople.includes(action)))
    expect(ofScopes()).toEqual([])
    expect(ofScopes('OWNER', 'root', '')).toEqual([])
  })
})
