// STUB
export function listRecentInvocations(..._a: unknown[]): never { throw new Error('stub') }
export function recordInvocations(..._a: unknown[]): never { throw new Error('stub') }
