import Type from 'typebox'
import type { Problem } from '../model/file/problem.ts'
import { modelData, Names, StringOrNull, Versioned, type Wire, words } from './schema.ts'

export const ApplyRequest = Type.Object(
  {
    /** For messages, and to tell relative paths of includes. */
    path: Type.String({ minLength: 1, maxLength: 4096 }),
    text: Type.String(),
    /** Included files by the path that the cluster file reaches them under. */
    files: Type.Optional(Type.Record(Type.String({ maxLength: 4096 }), Type.String())),
    dryRun: Type.Optional(Type.Boolean()),
    /** Although it would break what runs. */
    force: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export type ApplyRequest = Wire<typeof ApplyRequest>

/** Why the file would break what runs. `code` tells which of the other fields are there. */
export const ApplyRefusalView = Type.Object({
  code: words([
    'machine-changed-while-running',
    'would-pause',
    'would-stop-needed',
    'would-stop-standby',
    'host-dropped-with-guests',
    'would-not-survive',
    'too-many-losses',
  ]),
  guest: Type.Optional(Type.String()),
  host: Type.Optional(Type.String()),
  /** Whose standby it is to be. */
  first: Type.Optional(Type.String()),
  from: Type.Optional(Type.String()),
  to: Type.Optional(Type.String()),
  need: Type.Optional(Type.String()),
  state: Type.Optional(Type.String()),
  needing: Type.Optional(Names),
  guests: Type.Optional(Names),
  hosts: Type.Optional(Names),
  count: Type.Optional(Type.Integer()),
  limit: Type.Optional(Type.Integer()),
})
export type ApplyRefusalView = Wire<typeof ApplyRefusalView>

export const ApplyResult = Type.Object({
  ...Versioned,
  dryRun: Type.Boolean(),
  /** False for a dry run, and where nothing differs. */
  applied: Type.Boolean(),
  format: words(['vigia', 'lauxen']),
  added: Names,
  /** Unmanaged from now on, never destroyed. */
  removed: Names,
  changed: Type.Array(
    Type.Object({
      guest: Type.String(),
      fields: Names,
      /** True where it runs and the change takes effect at its next start. */
      restart: Type.Boolean(),
    }),
  ),
  /** Guests that libvirt would start at boot by itself: vigiad turns that off within seconds of their being watched. Absent: it could not be asked. */
  autostarting: Type.Optional(Names),
  /** The launch of what it adds: `/api/v1/tasks/ID`. Null: it launches nothing. */
  task: StringOrNull,
  /** Of the rest of the file: `name`, `hosts`, `rules`, `settings`. */
  cluster: Names,
  /** Of a dry run or a forced one: what it would break. */
  refusals: Type.Array(ApplyRefusalView),
  /** With `survivePolicy: warn`: a loss that the file asks to bear and that would leave guests waiting. Absent: there is none. */
  risks: Type.Optional(Type.Array(ApplyRefusalView)),
  warnings: Type.Array(
    modelData<Problem>({ type: 'object', required: ['code', 'severity', 'file', 'line', 'column'] }),
  ),
})
export type ApplyResult = Wire<typeof ApplyResult>

/** The applied file as it was sent. */
export const ClusterFileView = Type.Object({
  ...Versioned,
  path: Type.String(),
  format: words(['vigia', 'lauxen']),
  text: Type.String(),
  appliedBy: Type.String(),
  appliedAt: Type.Number(),
})
export type ClusterFileView = Wire<typeof ClusterFileView>
