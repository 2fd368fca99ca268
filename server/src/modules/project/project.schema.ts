import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { AFTER, connectionOf, FIRST } from '../../graphql/connection.ts'
import { findProject, listProjects } from './project.service.ts'
import { Project } from './project.type.ts'

const ProjectConnection = connectionOf('Project', Project)

builder.queryFields((t) => ({
  project: t.field({
    description: 'A project by its key; null when there is none',
    type: Project,
    nullable: true,
    args: { key: t.arg.string({ required: true }) },
    ...facts({ action: 'dimension.read' }),
    resolve: (_root, args, context) => findProject(context, args.key),
  }),
  projects: t.field({
    description: 'All projects by key',
    type: ProjectConnection,
    args: { first: t.arg.int(FIRST), after: t.arg.string(AFTER) },
    ...facts({ action: 'dimension.read' }),
    resolve: (_root, args, context) => listProjects(context, args),
  }),
}))
