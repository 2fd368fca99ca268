// STUB
export function readDataThrough(..._a: unknown[]): never { throw new Error('stub') }
export function readMemberships(..._a: unknown[]): never { throw new Error('stub') }
export function readViewer(..._a: unknown[]): never { throw new Error('stub') }
