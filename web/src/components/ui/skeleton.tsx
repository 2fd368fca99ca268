/** A sunken block of the size of what will stand there. It does not move. */
export function Skeleton({ className }: { className: string }) {
  return <div aria-hidden data-skeleton className={`rounded-badge bg-sunken ${className}`} />
}

/** The frame of a page while its data is on the way. */
export function PageSkeleton({ title, shape = 'tiles' }: { title: string; shape?: 'tiles' | 'table' }) {
  return (
    <div aria-busy="true">
      <h1 className="text-title font-semibold tracking-[-0.01em]">{title}</h1>
      <p className="sr-only" role="status">
        Loading {title}
      </p>
      <Skeleton className="mt-1.5 h-4 w-80 max-w-full" />
      <Skeleton className="mt-4 h-8 w-full max-w-[640px] rounded-control" />
      {shape === 'table' ? <TableSkeleton /> : <TilesSkeleton />}
    </div>
  )
}

const ROWS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

function TableSkeleton() {
  return (
    <>
      <div className="mt-4 flex justify-between gap-2">
        <Skeleton className="h-8 w-56 rounded-control" />
        <Skeleton className="h-8 w-56 rounded-control max-sm:hidden" />
      </div>
      <div className="card mt-3">
        <div className="h-12" />
        {ROWS.map((id) => (
          <div key={id} className="flex h-12 items-center gap-6 border-t border-line px-5">
            <Skeleton className="h-4 w-40" />
            <span className="flex-1" />
            <Skeleton className="h-4 w-16" />
            <Skeleton className="h-4 w-16 max-sm:hidden" />
            <Skeleton className="h-4 w-16 max-sm:hidden" />
          </div>
        ))}
      </div>
    </>
  )
}

function TilesSkeleton() {
  return (
    <>
      <div className="card mt-4 grid grid-cols-2 gap-4 p-4 lg:grid-cols-5">
        {['a', 'b', 'c', 'd', 'e'].map((id) => (
          <div key={id}>
            <Skeleton className="h-4 w-24" />
            <Skeleton className="mt-2 h-7 w-28" />
            <Skeleton className="mt-2 h-4 w-32 max-w-full" />
          </div>
        ))}
      </div>
      <div className="card mt-4 p-5">
        <Skeleton className="h-5 w-72 max-w-full" />
        <Skeleton className="mt-4 h-72 w-full" />
      </div>
    </>
  )
}
