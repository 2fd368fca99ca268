import { Fragment } from 'react'
import { Badge } from '../../../../components/ui/badge.tsx'

import type { ApiOperationsQuery } from '../../../../generated/graphql.ts'
import { type Definition, type Member, typeHref, type TypeText } from '../../../../lib/schema-reference.ts'
import { roleName } from '../../../../lib/roles.ts'

/** Who may use a root field. */
export type Access = Pick<ApiOperationsQuery['apiOperations'][number], 'may' | 'roles' | 'scopes'>

/** One definition: what it is, its parts, and who may ask for it. */
export function DefinitionCard({ definition, access }: { definition: Definition; access: Access | undefined }) {
  const { anchor, name, type, description, deprecated, args, members, also } = definition
  const isType = anchor === name
  return (
    <section id={anchor} aria-label={anchor} className="card min-w-0 scroll-mt-20 px-3.5 py-3.5 sm:px-5">
      <h3 className="font-mono text-card font-semibold break-words">
        <a href={isType ? typeHref(name) : `#${anchor}`} className="inline-flex min-h-6 items-center hover:underline">
          {name}
        </a>
        {type === null ? null : (
          <span className="font-normal text-ink-2">
            : <TypeLink type={type} />
          </span>
        )}
      </h3>
      {also.length === 0 ? null : (
        <p className="font-mono text-caption text-ink-2">
          {also.map((one, at) => (
            <Fragment key={one.named}>
              {at === 0 ? 'is ' : ', '}
              <TypeLink type={one} />
            </Fragment>
          ))}
        </p>
      )}
      <Words description={description} deprecated={deprecated} />
      {access === undefined ? null : <Who access={access} />}
      <Members label="Arguments" members={args} />
      <Members label="Parts" members={members} />
    </section>
  )
}

function TypeLink({ type }: { type: TypeText }) {
  if (type.href === null) return type.text
  return (
    <a href={type.href} className="link font-normal">
      {type.text}
    </a>
  )
}

function Words({ description, deprecated }: { description: string | null; deprecated: string | null }) {
  return (
    <>
      {description === null ? null : <p className="mt-1 text-ink-2">{description}</p>}
      {deprecated === null ? null : (
        <p className="mt-1">
          <Badge tone="warn">deprecated</Badge> {deprecated}
        </p>
      )}
    </>
  )
}

function Who({ access: { may, roles, scopes } }: { access: Access }) {
  return (
    <p className="mt-1 text-caption text-ink-3">
      For who may {may}: {roles.map(roleName).join(', ')}
      {scopes.length === 0 ? '; no key' : `; a key with ${scopes.join(' or ')}`}
    </p>
  )
}

function Members({ label, members }: { label: string; members: readonly Member[] }) {
  if (members.length === 0) return null
  return (
    <ul aria-label={label} className="mt-2 flex flex-col gap-2 border-t border-line pt-2">
      {members.map(({ anchor, name, type, description, deprecated, fallback, args }) => (
        <li key={anchor} id={anchor} className="scroll-mt-20">
          <span className="font-mono text-caption break-words">
            {name}
            {type === null ? null : (
              <>
                : <TypeLink type={type} />
              </>
            )}
            {fallback === null ? null : <span className="text-ink-2"> = {fallback}</span>}
          </span>
          <Words description={description} deprecated={deprecated} />
          {args.length === 0 ? null : (
            <div className="pl-4">
              <Members label={`Arguments of ${name}`} members={args} />
            </div>
          )}
        </li>
      ))}
    </ul>
  )
}
