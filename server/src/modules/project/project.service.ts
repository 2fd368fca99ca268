// STUB
export function findProject(..._a: unknown[]): never { throw new Error('stub') }
export function listProjects(..._a: unknown[]): never { throw new Error('stub') }
